"""A small program ends with "all N schedules with up to 2 preemptions"; N is what counting by hand gives.

Each of them comes to the result that it has by hand, too, so none is run twice in another's place.

What a schedule is, in words, and nothing of the engine: every actor has a list of operations and takes
one step at a time. A step takes an actor from where it stands to just before its next operation; its
first one begins it. Whoever has to wait (for a lock, or a process to end) gives up the turn, and so does
whoever has ended: who is next is then free to choose. Going on with somebody else while the one who had
the turn stands before an operation, whether that will have to wait or not, is a preemption. To start a
process is no operation that anybody could be interrupted before. `endings` tries every choice there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from manychefs.grading.explorer import can_steer
from manychefs.interleavings.search import Call, explore

steered = pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")

# -- counted by hand --------------------------------------------------------------------------

Operation = tuple[str, str]
Actors = dict[str, list[Operation]]

BEGIN = ("begin", "")


@dataclass(frozen=True)
class State:
    """Where everybody stands: the number of operations done; who waits inside the next one; who has what.

    last: who had the turn. counter: the shared value. seen: what each read there.
    """

    done: dict[str, int]
    waiting: frozenset[str] = frozenset()
    holders: tuple[tuple[str, str], ...] = ()
    last: str = ""
    counter: int = 0
    seen: tuple[tuple[str, int], ...] = ()


def endings(actors: Actors, there: list[str], preemptions: int) -> list[State]:
    """How each schedule ends.

    Args:
        actors: what each does. there: who is there from the beginning. preemptions: how many there may be.
    """
    return list(_endings(actors, State(dict.fromkeys(there, 0)), preemptions))


def _endings(actors: Actors, state: State, left: int) -> Iterator[State]:
    able = [name for name in state.done if _is_able(actors, state, name)]
    if not able:
        assert all(state.done[name] == len(actors[name]) for name in state.done), "nobody can go on"
        yield state
    interrupted = state.last if state.last in able and state.last not in state.waiting else ""
    for name in able:
        cost = int(interrupted not in ("", name))
        if cost <= left:
            yield from _endings(actors, _step(actors, state, name), left - cost)


def _is_able(actors: Actors, state: State, name: str) -> bool:
    """Whether somebody has something to do; who waits can do it once that is there."""
    if state.done[name] == len(actors[name]):
        return False
    return name not in state.waiting or _is_free(actors, state, actors[name][state.done[name]])


def _is_free(actors: Actors, state: State, operation: Operation) -> bool:
    what, which = operation
    if what == "join":
        return state.done[which] == len(actors[which])
    return what != "acquire" or which not in dict(state.holders)


def _step(actors: Actors, state: State, name: str) -> State:
    operation = actors[name][state.done[name]]
    state = replace(state, last=name)
    if not _is_free(actors, state, operation):
        return replace(state, waiting=state.waiting | {name})
    state = _did(replace(state, waiting=state.waiting - {name}), name, operation)
    while state.done[name] < len(actors[name]) and actors[name][state.done[name]][0] == "start":
        state = _did(state, name, actors[name][state.done[name]])
    return state


def _did(state: State, name: str, operation: Operation) -> State:
    what, which = operation
    done = {**state.done, name: state.done[name] + 1}
    holders = dict(state.holders)
    if what == "start":
        done[which] = 0
    elif what == "acquire":
        holders[which] = name
    elif what == "release":
        del holders[which]
    seen = {**dict(state.seen), name: state.counter} if what == "read" else dict(state.seen)
    counter = seen[name] + 1 if what == "write" else state.counter
    return replace(
        state, done=done, holders=tuple(holders.items()), counter=counter, seen=tuple(seen.items())
    )


def adders(processes: int, times: int, locked: bool) -> Actors:
    """The program below: main starts processes that add to a value, joins them all and reads it."""
    add = [("read", ""), ("write", "")]
    if locked:
        add = [("acquire", "lock"), *add, ("release", "lock")]
    names = [f"p{number}" for number in range(1, processes + 1)]
    main = [BEGIN, *(("start", name) for name in names), *(("join", name) for name in names), ("read", "")]
    return {"main": main} | {name: [BEGIN, *add * times] for name in names}


# -- the hand's own accounts ------------------------------------------------------------------


@pytest.mark.parametrize(("operations", "schedules"), [(8, 114), (20, 762)])
def test_two_processes_have_as_many_schedules_as_the_formula_says(operations: int, schedules: int) -> None:
    # Either goes first; it is interrupted nowhere, or at n - 1 places; and then the other is, or is not.
    inner = operations - 1
    assert schedules == 2 + 2 * inner + 2 * inner * inner
    steps = [("step", "")] * operations
    assert len(endings({"one": steps, "other": steps}, ["one", "other"], preemptions=2)) == schedules


def test_without_preemption_there_are_the_orders() -> None:
    steps = [("step", "")] * 3
    assert len(endings(dict.fromkeys("abcd", steps), [*"abcd"], preemptions=0)) == 24


# -- and the engine's -------------------------------------------------------------------------

PROGRAM = """\
from multiprocessing import Process, Value


def add(counter, times):
    for _ in range(times):
        counter.value += 1


def add_safely(counter, times):
    for _ in range(times):
        with counter.get_lock():
            counter.value += 1


def count(processes, times, locked):
    counter = Value("i", 0)
    chefs = [Process(target=add_safely if locked else add, args=(counter, times)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return counter.value
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "count.py"
    path.write_text(PROGRAM)
    return path


@steered
@pytest.mark.parametrize(
    ("processes", "times", "locked"),
    [
        (2, 1, False),
        (2, 2, False),
        (2, 1, True),
        pytest.param(2, 3, False, marks=pytest.mark.slow),
        pytest.param(3, 1, False, marks=[pytest.mark.slow, pytest.mark.long]),
    ],
)
def test_all_schedules_are_those_that_an_independent_count_gives(
    script: Path, processes: int, times: int, locked: bool
) -> None:
    found = explore(Call(script, "count", (processes, times, locked)), holds=lambda _: True, schedules=5_000)
    assert found.outcome == "passed"
    assert (found.exhaustive, found.bound) == (True, 2)
    counted = endings(adders(processes, times, locked), ["main"], preemptions=2)
    assert (found.systematic, found.schedules) == (len(counted), len(counted))
    assert found.results == Counter(f"returned {dict(ending.seen)['main']}" for ending in counted)
    assert found.claim() == f"all {len(counted):,} schedules with up to 2 preemptions"


@pytest.mark.slow
@steered
def test_the_budget_may_be_just_enough_and_the_right_values_those_of_the_orders(script: Path) -> None:
    number = len(endings(adders(2, 1, True), ["main"], preemptions=2))
    found = explore(Call(script, "count", (2, 1, True)), schedules=number)
    assert (found.outcome, found.allowed) == ("passed", ["2"])
    assert found.claim() == f"all {number} schedules with up to 2 preemptions"


@steered
def test_with_a_smaller_budget_no_more_is_claimed_than_was_run(script: Path) -> None:
    found = explore(Call(script, "count", (2, 1, True)), schedules=20)
    assert (found.outcome, found.exhaustive, found.systematic) == ("passed", False, 0)
    assert found.claim() == "20 schedules"


@steered
@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_first_schedule_that_goes_wrong_ends_the_search(script: Path, times: int) -> None:
    found = explore(Call(script, "count", (2, times, False)), schedules=5_000)
    assert (found.outcome, found.finding, found.exhaustive) == ("failed", "wrong-result", False)
    assert found.allowed == [str(2 * times)]
    assert found.interleaving is not None
    # All before it were right, so it is the last one that counts.
    assert found.interleaving.schedule == found.schedules == found.results.total()
    assert found.results[f"returned {2 * times}"] == found.schedules - 1
    # All with fewer preemptions come before those with more, and one is enough to lose an update.
    assert found.interleaving.preemptions == 1
    assert found.schedules <= len(endings(adders(2, times, locked=False), ["main"], preemptions=1))
