"""A failing schedule is made small: few preemptions first, then few switches, then few turns.

The made-up programs here run no process. They fail when certain turns are left, in the way that a real
one would, and count how often they are tried. The real one is a lost update among many increments.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.grading.explorer import can_steer
from manychefs.interleavings.scheduler import Ended, How, Turn
from manychefs.interleavings.search import Call, Exploration, explore
from manychefs.interleavings.shrink import TRIES, Cost, Costing, cost, preemptions, shrink, switches


def turns(text: str) -> list[Turn]:
    """`p1:3 p2:1!`: turns of so many points; `!` for one that ended its actor, `~` for one that blocked."""
    return [_turn(word) for word in text.split()]


def _turn(word: str) -> Turn:
    how: How = "ended" if word.endswith("!") else "blocked" if word.endswith("~") else "point"
    name, points = word.rstrip("!~").split(":")
    return Turn(name, int(points), how)


class MadeUp:
    """A program that fails as long as `fails` says so of the turns that are left."""

    def __init__(self, fails: Callable[[list[Turn]], bool]) -> None:
        self._fails = fails
        self.tries: list[list[Turn]] = []

    def attempt(self, candidate: list[Turn], _most: Cost) -> Ended | None:
        self.tries.append(candidate)
        return Ended("value", turns=candidate) if self._fails(candidate) else None


steered = pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")

# -- what is counted --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "interrupted", "left"),
    [
        ("", 0, 0),
        ("main:1", 0, 0),
        ("main:1 main:1", 0, 0),  # was asked, and went on
        ("main:1 p1:1", 1, 1),
        ("main:1~ p1:1", 0, 1),  # had to wait
        ("main:1! p1:1", 0, 0),  # had nothing more to do
        ("p1:1 p2:2 p1:1! p2:1! main:1!", 2, 2),
        ("main:1~ p1:1 p2:1~ p1:1! p2:1! main:1!", 1, 3),
    ],
)
def test_preemptions_and_switches_are_counted(text: str, interrupted: int, left: int) -> None:
    assert preemptions(turns(text)) == interrupted
    assert switches(turns(text)) == left


def test_a_busy_waiter_that_is_passed_over_was_not_interrupted() -> None:
    spun = [Turn("p1", 40, "spins"), Turn("p2", 1, "ended"), Turn("p1", 1, "ended")]
    assert (preemptions(spun), switches(spun)) == (0, 1)


def test_preemptions_cost_more_than_switches_and_switches_more_than_turns() -> None:
    one_preemption = turns("p1:1 p2:1!")
    three_waits = turns("p1:1~ p2:1~ p3:1~ p1:1!")
    many_turns = turns("p1:1 p1:1 p1:1 p1:1 p1:1!")
    assert cost(many_turns) < cost(three_waits) < cost(one_preemption)


def test_a_cost_that_is_counted_as_turns_come_is_that_of_all_of_them() -> None:
    whole = turns("main:1~ p1:1 p2:1~ p1:1! p2:1 p3:2 p2:1! p3:1! main:1!")
    costing = Costing()
    for length in (0, 1, 2, 2, 5, len(whole)):
        assert costing.of(whole[:length]) == cost(whole[:length])
    assert cost(whole) == (3, 5, len(whole))


# -- how it is made small ---------------------------------------------------------------------


def test_what_has_no_part_in_the_failure_is_left_out() -> None:
    decisive = turns("p1:1 p2:2! p1:1!")
    failing = Ended("value", turns=turns("main:4 p3:1 p4:2 p3:3") + decisive + turns("p4:1! p3:1! main:1!"))
    program = MadeUp(lambda left: [each for each in left if each in decisive] == decisive)
    small = shrink(failing, program.attempt)
    assert small.turns == decisive
    assert cost(small.turns) < cost(failing.turns)


def test_what_must_stay_stays() -> None:
    failing = Ended("value", turns=turns("p1:1 p2:2! p1:1!"))
    program = MadeUp(lambda left: left == failing.turns)
    assert shrink(failing, program.attempt) is failing
    assert program.tries


def test_what_really_happened_in_a_try_is_what_counts_not_what_was_asked_for() -> None:
    failing = Ended("value", turns=turns("p1:1 p2:1 p1:1 p2:1!"))
    # Every try fails in the same way, but never with fewer switches than before.
    assert shrink(failing, lambda *_: Ended("value", turns=failing.turns)) is failing
    # One that went better than it was told to is taken as it went.
    better = Ended("value", turns=turns("p1:2! p2:2!"))
    assert shrink(failing, lambda *_: better) is better


def test_an_interrupted_actor_is_also_let_go_on_until_it_has_to_wait() -> None:
    failing = Ended("value", turns=turns("p1:1 p2:2! p1:1!"))
    seen: list[list[Turn]] = []

    def attempt(candidate: list[Turn], _most: Cost) -> None:
        seen.append(candidate)

    shrink(failing, attempt)
    assert turns("p1:1~ p2:2! p1:1!") in seen


def test_who_was_interrupted_is_let_go_on_where_nothing_can_be_left_out() -> None:
    """Each of its own steps has to be there, so that leaving any out shifts what it does where."""
    failing = Ended("value", turns=turns("p1:1 p3:1 p1:1 p3:1 p1:1 p2:2! p1:3! p3:1!"))

    def fails(left: list[Turn]) -> bool:
        done = {name: sum(turn.points for turn in left if turn.actor == name) for name in ("p1", "p2", "p3")}
        places = [number for number, turn in enumerate(left) if turn.actor == "p2"]
        before = sum(turn.points for turn in left[: places[0]] if turn.actor == "p1") if places else 0
        let_go = any(turn.how == "blocked" for turn in left)  # who then does more than it is written here
        return not let_go and done == {"p1": 6, "p2": 2, "p3": 3} and before == 3

    small = shrink(failing, MadeUp(fails).attempt)
    assert (preemptions(failing.turns), preemptions(small.turns)) == (5, 1)
    assert fails(small.turns)


def test_the_boldest_is_tried_first() -> None:
    failing = Ended("value", turns=turns("p1:1 p2:1 p1:1 p2:1!"))
    program = MadeUp(lambda _: False)
    shrink(failing, program.attempt)
    assert [len(each) for each in program.tries] == [0, 2, 2, *[4] * 6, 3, 3, 3, 3]
    together = turns("p1:1 p1:1 p2:1 p2:1!")
    assert together in program.tries


def test_what_has_been_tried_is_not_tried_again() -> None:
    failing = Ended("value", turns=turns("p1:1 p1:1 p2:1 p1:1 p2:1!"))
    program = MadeUp(lambda left: sum(turn.actor == "p1" for turn in left) > 1)
    shrink(failing, program.attempt)
    tried = [tuple((turn.actor, turn.points, turn.how) for turn in each) for each in program.tries]
    assert len(set(tried)) == len(tried)


def test_a_try_is_told_what_it_has_to_cost_less_than() -> None:
    failing = Ended("value", turns=turns("p1:1 p2:2! p1:1!"))
    seen: list[Cost] = []

    def attempt(candidate: list[Turn], most: Cost) -> Ended | None:
        seen.append(most)
        return Ended("value", turns=candidate) if len(candidate) == 2 else None

    small = shrink(failing, attempt)
    assert seen[0] == cost(failing.turns) == (1, 1, 3)
    assert seen[-1] == cost(small.turns) < seen[0]


def test_it_ends_after_so_many_tries() -> None:
    failing = Ended("value", turns=turns("p1:1 p2:1 " * 200))
    program = MadeUp(lambda _: False)
    assert shrink(failing, program.attempt) is failing
    assert len(program.tries) == TRIES


def test_it_ends_after_so_many_points() -> None:
    failing = Ended("value", turns=turns("p1:1 p2:1 " * 200), points=100)
    program = MadeUp(lambda _: False)
    shrink(failing, program.attempt, most_points=1_000)
    assert len(program.tries) == 10


# -- a real one -------------------------------------------------------------------------------

LOST_UPDATE = """\
from multiprocessing import Process, Value


def add(counter, times):
    for _ in range(times):
        counter.value += 1


def count(processes, times):
    counter = Value("i", 0)
    chefs = [Process(target=add, args=(counter, times)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return counter.value
"""


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Three processes that each add five: too many schedules to try them all, so they are sampled."""
    path = tmp_path / "count.py"
    path.write_text(LOST_UPDATE)
    return Call(path, "count", (3, 5))


def lost(call: Call, shrinking: bool) -> Exploration:
    found = explore(call, holds=lambda value: value == 15, seed=2, shrinking=shrinking)
    assert (found.outcome, found.finding) == ("failed", "wrong-result")
    assert found.interleaving is not None
    assert found.interleaving.replays == 2
    return found


@steered
def test_a_lost_update_is_shown_with_one_preemption_and_three_switches_at_most(call: Call) -> None:
    found = lost(call, shrinking=True)
    assert found.interleaving is not None
    assert found.interleaving.preemptions == 1
    assert found.interleaving.switches <= 3
    decisive = [step for step in found.interleaving.steps if step.decisive]
    assert {step.actor for step in decisive} & {"p1", "p2", "p3"}
    assert {step.source for step in decisive} >= {"counter.value += 1"}


@steered
def test_shrinking_changes_neither_what_was_found_nor_when(call: Call) -> None:
    small, whole = lost(call, shrinking=True), lost(call, shrinking=False)
    assert small.schedules == whole.schedules
    assert small.results == whole.results
    assert small.schedule is not None
    assert whole.schedule is not None
    assert len(small.schedule.turns) <= len(whole.schedule.turns)


@steered
def test_the_small_schedule_replays_to_the_same_result(call: Call) -> None:
    found = lost(call, shrinking=True)
    for _ in range(3):
        again = explore(call, holds=lambda value: value == 15, replay=found.schedule)
        assert (again.outcome, again.finding, again.value) == ("failed", "wrong-result", found.value)
        assert again.schedule is not None
        assert found.schedule is not None
        assert again.schedule.turns == found.schedule.turns
