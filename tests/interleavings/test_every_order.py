"""What is wrong in every order is no race: it is told so, once other orders were tried, with no step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.grading.explorer import can_steer
from manychefs.interleavings.search import Call, Exploration, explore
from manychefs.outputs.explorations import words

pytestmark = pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")

HEAD = "from multiprocessing import Pool, Process, Value\n\n\n"
COUNT = """
def count():
    counter = Value("i", 0)
    chefs = [Process(target=add, args=(counter,)) for _ in range(2)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return counter.value
"""
ADDS_NOTHING = f"{HEAD}def add(counter):\n    with counter.get_lock():\n        counter.value += 0\n\n{COUNT}"
LOSES = f"{HEAD}def add(counter):\n    counter.value += 1\n\n{COUNT}"
NOT_JOINED = LOSES.replace("    for chef in chefs:\n        chef.join()\n", "").replace(
    "    counter.value += 1", "    with counter.get_lock():\n        counter.value += 1"
)
LAMBDA = f"{HEAD}def count():\n    with Pool(2) as pool:\n        return sum(pool.map(lambda n: 1, [1, 2]))\n"
LAST_ONE = f"""{HEAD}def write(shared, number):
    shared.value = number


def count():
    shared = Value("i", 0)
    chefs = [Process(target=write, args=(shared, number)) for number in (2, 1)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return shared.value
"""


@pytest.fixture
def explored(tmp_path: Path) -> Callable[..., Exploration]:
    def explored(source: str, right: Any = 2, **more: Any) -> Exploration:
        path = tmp_path / "count.py"
        path.write_text(source)
        more.setdefault("schedules", 60)
        return explore(Call(path, "count", ()), holds=lambda value: value == right, **more)

    return explored


def test_an_error_in_the_logic_is_no_race(explored: Callable[..., Exploration]) -> None:
    found = explored(ADDS_NOTHING)
    assert (found.outcome, found.finding, found.value) == ("failed", "wrong-result", 0)
    assert found.in_every_order == found.schedules == found.results["returned 0"]
    # The serial orders alone would not tell: others, in which somebody is interrupted, were tried as well.
    assert 1 < found.uninterrupted < found.in_every_order
    assert found.interleaving is None
    assert found.schedule is not None


def test_an_exception_in_every_order_is_none_either(explored: Callable[..., Exploration]) -> None:
    found = explored(LAMBDA)
    assert (found.finding, found.error["type"]) == ("exception", "AttributeError")
    assert found.in_every_order == found.schedules
    assert found.interleaving is None


@pytest.mark.parametrize(
    ("source", "first"),
    [
        pytest.param(LOSES, "returned 2", id="the serial orders are right"),
        # Where nobody is interrupted the main process reads first. It is the order all the same.
        pytest.param(NOT_JOINED, "returned 0", id="the serial orders are wrong"),
    ],
)
def test_a_race_is_one_even_if_the_first_orders_are_all_wrong(
    explored: Callable[..., Exploration], source: str, first: str
) -> None:
    found = explored(source)
    assert next(iter(found.results)) == first
    assert (found.outcome, found.finding, found.in_every_order) == ("failed", "wrong-result", 0)
    assert "returned 2" in found.results
    assert found.interleaving is not None


def test_who_has_no_budget_to_try_other_orders_does_not_say_so(explored: Callable[..., Exploration]) -> None:
    found = explored(ADDS_NOTHING, schedules=1)
    assert (found.finding, found.schedules, found.in_every_order) == ("wrong-result", 1, 0)
    assert found.interleaving is not None


def test_where_nobody_is_interrupted_no_step_is_to_blame(explored: Callable[..., Exploration]) -> None:
    found = explored(LAST_ONE, right=1)
    assert found.interleaving is not None
    assert found.interleaving.preemptions == 0
    assert not [step for step in found.interleaving.steps if step.decisive]


def test_it_is_told_with_what_was_tried(explored: Callable[..., Exploration], tmp_path: Path) -> None:
    found = explored(ADDS_NOTHING, allowed=["2"])
    call = Call(tmp_path / "count.py", "count", ())
    asked = words.Asked(call, "count.py", "chefs explore count.py::count --expect 2", is_given=True)
    told = words.feedback(found, asked, "")
    assert told.happened == "count() returned 0; right is 2."
    assert told.cause.startswith(f"No race: it is wrong in all {found.in_every_order} orders tried")
    assert words.claim(found, asked, "").endswith(f"in every order tried ({found.schedules} schedules)")


SHARED_BYTES = """\
from multiprocessing import Process
from multiprocessing.shared_memory import SharedMemory


def add(name, own):
    block = SharedMemory(name=name)
    with block.buf.cast("q") as table:
        for number in own:
            own[0] = number * 2
            table[0] += number
    block.close()


def count():
    block = SharedMemory(create=True, size=8)
    parts = [[1], [1]]
    chefs = [Process(target=add, args=(block.name, parts[chef])) for chef in range(2)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    with block.buf.cast("q") as table:
        total = table[0]
    block.close()
    block.unlink()
    return total
"""


@pytest.mark.slow
def test_only_lines_that_touch_shared_bytes_are_told(explored: Callable[..., Exploration]) -> None:
    found = explored(SHARED_BYTES, schedules=120)
    assert found.interleaving is not None
    steps = found.interleaving.steps
    touched = {step.source for step in steps if step.action.startswith(("reads", "writes", "calls", "sends"))}
    assert touched == {"table[0] += number", "total = table[0]"}
    decisive = [step for step in steps if step.decisive]
    assert {step.source for step in decisive} == {"table[0] += number"}
    assert {step.target for step in decisive} == {"table"}
    assert {step.actor for step in decisive} == {"p1", "p2"}
