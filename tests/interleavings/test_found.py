"""The engine finds what is wrong in the collection, as its header names it, and flags nothing right.

The everyday tests take a few of each kind; the slow ones take every program.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from manychefs.grading.explorer import can_steer
from manychefs.interleavings.search import SCHEDULES, Call, Exploration, explore

pytestmark = pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")

HERE = Path(__file__).parent


def _collection() -> ModuleType:
    spec = importlib.util.spec_from_file_location("interleavings_collection", HERE / "collection.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


collection = _collection()
PROGRAMS: dict[tuple[str, bool], Any] = {(each.name, each.right): each for each in collection.load()}
WRONG = sorted(name for name, right in PROGRAMS if not right)
RIGHT = sorted(name for name, right in PROGRAMS if right)

SOME_WRONG = (
    "alive_as_end",
    "array_slot_claimed_twice",
    "bank_transfer_abba",
    "condition_lost_wakeup",
    "counter_no_lock",
    "fork_never_waited_for",
    "join_before_drain_small",
    "manager_dict_update",
    "pipe_parent_keeps_end",
    "pool_value_no_lock",
    "queue_get_nowait",
    "rawvalue_no_lock",
    "semaphore_never_released",
    "shared_memory_never_unlinked",
    "stage_missed",
    "terminate_lock_holder",
    "thread_counter",
)
# What else a program can rightly be said to end in.
ALSO = {
    "queue_timeout_as_end": "deadlock",  # nobody takes out what is put after that, and pipes may be small
}
SOME_RIGHT = (
    "barrier_three",
    "condition_while",
    "counter_own_lock",
    "join_polled",
    "lock_timeout_tried_again",
    "pipe_request_reply",
    "queue_sentinel_per_consumer",
    "thread_counter_lock",
)


def explored(name: str, right: bool, schedules: int, seed: int = 0) -> Exploration:
    if name.startswith("numpy_"):
        pytest.importorskip("numpy")
    program = PROGRAMS[name, right]
    return explore(
        Call(program.path, "program"),
        holds=lambda value: collection.as_data(value) in program.expected,
        schedules=schedules,
        seed=seed,
        shrinking=False,  # what is found is the same, and sooner
    )


def test_the_few_are_of_every_kind() -> None:
    assert {PROGRAMS[name, False].finding for name in SOME_WRONG} == set(collection.FINDINGS)
    assert any(PROGRAMS[name, False].latent for name in SOME_WRONG)


@pytest.mark.parametrize("name", SOME_WRONG)
def test_a_wrong_program_is_found_out(name: str) -> None:
    program = PROGRAMS[name, False]
    found = explored(name, False, SCHEDULES)
    assert (found.outcome, found.finding) == ("failed", program.finding)
    assert found.interleaving is not None
    assert (found.interleaving.finding, found.interleaving.replays) == (program.finding, 2)
    assert found.interleaving.latent == program.latent
    assert found.schedule is not None
    assert found.schedule.finding == program.finding


@pytest.mark.parametrize("seed", range(3))
def test_orders_without_preemption_leave_something_of_a_small_budget(seed: int) -> None:
    """A manager's threads make more than 24 of them, and none of them loses an update."""
    found = explored("manager_dict_update", False, 24, seed)
    assert (found.outcome, found.finding) == ("failed", "wrong-result")


@pytest.mark.parametrize("name", SOME_RIGHT)
def test_a_right_program_is_not_flagged(name: str) -> None:
    found = explored(name, True, 40)
    assert found.outcome == "passed", (found.finding, found.reason, found.results)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("name", WRONG)
def test_every_wrong_program_is_found_out(name: str) -> None:
    program = PROGRAMS[name, False]
    found = explored(name, False, SCHEDULES)
    assert found.outcome == "failed", found.reason
    assert found.interleaving is not None
    assert found.interleaving.replays == 2
    if found.finding != ALSO.get(name):
        assert (found.finding, found.interleaving.latent) == (program.finding, program.latent)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("name", RIGHT)
def test_no_right_program_is_flagged(name: str) -> None:
    found = explored(name, True, 40, seed=1)
    assert found.outcome == "passed", (found.finding, found.reason, found.results)
