"""What a search says at its end: no more than it has seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from manychefs.interleavings.search import Call, NoFunction, explore

AWAY = """\
import subprocess


def wait():
    return subprocess.run(["sleep", "3"]).returncode
"""


@pytest.mark.slow
def test_a_program_of_one_schedule_that_was_never_seen_to_end_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "away.py"
    path.write_text(AWAY)
    found = explore(Call(path, "wait"))
    assert found.outcome == "inconclusive"
    assert "a program that it started" in found.reason
    assert not found.exhaustive


SHARING = """\
import time
from multiprocessing import Process, Value


def work(counter):
    counter.value = 1


def together():
    counter = Value("i", 0)
    chef = Process(target=work, args=(counter,))
    chef.start()
    chef.join()
    return counter.value


def apart():
    chefs = [Process(target=time.sleep, args=(1,)) for _ in range(2)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()


def alone():
    return 1
"""


@pytest.mark.parametrize(
    ("function", "processes", "sharing"), [("together", 2, 2), ("apart", 3, 0), ("alone", 1, 0)]
)
def test_it_counts_the_processes_that_do_something_others_can_see(
    tmp_path: Path, function: str, processes: int, sharing: int
) -> None:
    path = tmp_path / "share.py"
    path.write_text(SHARING)
    found = explore(Call(path, function), schedules=4)
    assert (found.processes, found.sharing) == (processes, sharing)


def test_a_function_that_is_not_there_is_told_before_anything_runs(tmp_path: Path) -> None:
    path = tmp_path / "share.py"
    path.write_text(SHARING)
    with pytest.raises(NoFunction) as told:
        explore(Call(path, "togther"))
    assert told.value.functions == ["work", "together", "apart", "alone"]


def test_the_budget_is_never_exceeded(tmp_path: Path) -> None:
    path = tmp_path / "share.py"
    path.write_text(SHARING)
    assert explore(Call(path, "together"), schedules=2).schedules == 2


SLEEPER = """\
import time
from multiprocessing import Process, Value


def work(counter):
    counter.value = 1


def hope():
    counter = Value("i", 0)
    chef = Process(target=work, args=(counter,))
    chef.start()
    time.sleep(0.5)
    seen = counter.value
    chef.join()
    return seen
"""


def test_a_claim_on_a_program_with_time_outs_says_when_they_fire(tmp_path: Path) -> None:
    path = tmp_path / "sleeper.py"
    path.write_text(SLEEPER)
    found = explore(Call(path, "hope"))
    assert found.finding is not None or "or early time-outs" in found.claim()


MANY_RESULTS = """
from multiprocessing import Process, Queue

def work(queue, number):
    queue.put(number)

def program():
    queue = Queue()
    workers = [Process(target=work, args=(queue, number)) for number in range(5)]
    for worker in workers:
        worker.start()
    results = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    return results
"""


@pytest.mark.slow
def test_results_of_orders_that_were_not_all_seen_are_no_failure(tmp_path: Path) -> None:
    """Five processes come in 120 orders; without being told, nobody knows that each result is right."""
    path = tmp_path / "many.py"
    path.write_text(MANY_RESULTS, "utf-8")
    found = explore(Call(path, "program"), schedules=60)
    assert found.outcome == "inconclusive"
    assert "--allow" in found.reason
    told = explore(Call(path, "program"), holds=lambda value: sorted(value) == [0, 1, 2, 3, 4], schedules=60)
    assert told.outcome == "passed"
