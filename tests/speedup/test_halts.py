"""Halting a process shows whom it holds up: on real processes, whatever else the machine does."""

from __future__ import annotations

import math
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from manychefs.report import SpeedupMeasurement, Verdict
from manychefs.sandbox import tree
from manychefs.speedup import halts as halting
from manychefs.speedup.cores import usable_cores
from manychefs.speedup.halts import Halter, Halts, at_most
from manychefs.speedup.measure import judge_halts
from tests.conftest import TinyCourse

P, F, I = Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE  # noqa: E741

pytestmark = pytest.mark.skipif(not tree.LINUX, reason="the kernel's books are read")

PROGRAM = """
import contextlib, sys
from multiprocessing import get_context

def work(lock):
    while True:
        with lock or contextlib.nullcontext():
            pow(3, 2**255 - 21, 2**255 - 19)

context = get_context("fork")
lock = context.Lock() if sys.argv[1] == "lock" else None
team = [context.Process(target=work, args=(lock,), daemon=True) for _ in range(int(sys.argv[2]))]
for chef in team:
    chef.start()
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def at_work(held: str, processes: int) -> Iterator[int]:
    """Processes that calculate for ever, each with its own number or with a lock held all the time."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, held, str(processes)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()
        try:
            yield program.pid
        finally:
            tree.kill_descendants(program.pid)
            program.kill()


def halted(monkeypatch: pytest.MonkeyPatch, held: str, processes: int) -> Halts:
    """What is noted until it is enough for a verdict; in these programs it is never too late for a halt."""
    monkeypatch.setattr(halting, "FIRST", 0.001)
    monkeypatch.setattr(halting, "LAST", math.inf)
    noted = Halts()
    halter = Halter(1.0, random.Random(1), noted)
    with at_work(held, processes) as pid:
        while noted.halts < 400 and judge_halts(noted, 2, 1.5) is I:
            halter(pid, tree.descendants(pid))
        assert "T" not in "".join(map(tree.states, tree.descendants(pid))), "one is still halted"
    return noted


def test_a_lock_held_all_the_time_holds_up_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = halted(monkeypatch, "lock", 2)
    assert judge_halts(noted, 2, 1.5) is F
    assert noted.stalls
    assert set(noted.among) == {2}, "the one that has started them and waits does not work"


def test_who_shares_nothing_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = halted(monkeypatch, "none", 2)
    assert (judge_halts(noted, 2, 1.5), noted.stalls) == (P, 0)


def test_a_program_without_a_second_process_that_works_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halting, "FIRST", 0.001)
    monkeypatch.setattr(halting, "LAST", math.inf)
    noted = Halts()
    with at_work("none", 1) as pid:
        halter = Halter(1.0, random.Random(1), noted)
        while not tree.cpu_books(tree.descendants(pid)[0]).ran:
            pass
        for _ in range(20):
            halter(pid, tree.descendants(pid))
    assert noted == Halts()


def test_at_the_beginning_and_at_the_end_nobody_is_halted() -> None:
    """There a right program's processes may wait for each other: for the input, or for the slowest."""
    noted = Halts()
    with at_work("none", 2) as pid:
        while not all(tree.cpu_books(each).ran for each in tree.descendants(pid)):
            pass
        for usual in (1e9, 1e-9):
            halter = Halter(usual, random.Random(1), noted)
            for _ in range(20):
                halter(pid, tree.descendants(pid))
    assert noted == Halts()


def test_nobody_is_halted_while_a_second_one_has_hardly_begun() -> None:
    """A main process that starts a manager holds it up, and rightly: so it did in 12, in 60 of 357 halts."""
    noted = Halts()
    with at_work("none", 2) as pid:
        ahead, behind = tree.descendants(pid)
        while tree.cpu_books(behind).ran < 0.02:
            pass
        os.kill(behind, signal.SIGSTOP)
        least = tree.cpu_books(behind).ran
        while (most := tree.cpu_books(ahead).ran) < 2 * least:
            pass
        os.kill(ahead, signal.SIGSTOP)
        halter = Halter((least + most) / 2 / halting.FIRST, random.Random(1), noted)
        halter(pid, [])
        for _ in range(20):
            halter(pid, [ahead, behind])
    assert noted == Halts()


def test_a_process_that_has_gone_meanwhile_tells_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    assert halting._go_on_without(gone.pid, []) is None


def test_the_serial_part_is_the_stalls_by_the_number_of_processes() -> None:
    """Wilson's interval of 20 in 40 is 0.352 to 0.648; of 0 in 40, 0 to 0.088."""
    assert Halts(40, 20, [2] * 40).serial() == (1.0, pytest.approx(0.704, abs=1e-3), 1.0)
    assert Halts(40, 0, [2] * 40).serial() == (0.0, 0.0, pytest.approx(0.175, abs=1e-3))
    assert Halts(40, 10, [4] * 40).serial()[0] == 1.0
    assert Halts().serial() == (0.0, 0.0, 1.0), "nothing is known"


def test_what_cores_can_make_of_a_serial_part_is_amdahls_law() -> None:
    assert at_most(0.0, 2) == 2.0
    assert at_most(1.0, 16) == 1.0
    assert at_most(0.5, 2) == pytest.approx(4 / 3)


@pytest.mark.parametrize(
    ("halts", "stalls", "verdict"),
    [
        (0, 0, I),
        (19, 0, I),
        (19, 19, I),
        (20, 20, F),
        (20, 0, P),
        (40, 20, F),
        (10, 5, I),
        (60, 15, I),
        (200, 10, P),
        (200, 50, I),
    ],
)
def test_a_verdict_wants_the_whole_interval_on_one_side(halts: int, stalls: int, verdict: Verdict) -> None:
    assert judge_halts(Halts(halts, stalls, [2] * halts), 2, 1.5) is verdict


# A grader in which the clock tells nothing, and every program seems to take turns: what is left are halts.
GRADER = """
import pytest
from manychefs.report import Verdict
from manychefs.speedup import measure

measure.judge = lambda *_: Verdict.INCONCLUSIVE
measure.is_in_doubt = lambda *_: True
measure.is_settled = measure.is_parallel_in_structure = lambda *_, **__: False
measure.Round.is_near = True

def serial(numbers):
    return [steps(number) for number in numbers]

def steps(number):
    for _ in range(50_000):
        number = (number * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
    return number

@pytest.mark.check(points=1, kind="speedup")
def test_fast(speedup):
    '''It is fast'''
    speedup.of("answer", list(range(60))).over(serial, list(range(60))).at_least(1.5)
"""
ANSWER = """
import contextlib
from multiprocessing import Array, Lock, Process

LOCK = {lock}

def steps(number):
    for _ in range(50_000):
        number = (number * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
    return number

def share(found, first, numbers):
    for at in range(first, len(numbers), 2):
        with LOCK:
            found[at] = steps(numbers[at])

def answer(numbers):
    found = Array("q", len(numbers), lock=False)
    team = [Process(target=share, args=(found, first, numbers)) for first in range(2)]
    for chef in team:
        chef.start()
    for chef in team:
        chef.join()
    return list(found)
"""


@pytest.mark.skipif(usable_cores() < 2, reason="one core shows no speedup")
@pytest.mark.parametrize(("lock", "verdict"), [("Lock()", F), ("contextlib.nullcontext()", P)])
def test_an_answer_is_judged_by_halts_where_nothing_else_tells(
    tiny_course: Callable[..., TinyCourse], lock: str, verdict: Verdict
) -> None:
    check = tiny_course(GRADER, seconds=10).only_check(ANSWER.format(lock=lock))
    assert check.verdict is verdict, check.feedback
    measured = check.evidence
    assert isinstance(measured, SpeedupMeasurement)
    assert measured.halts > 0
    assert bool(measured.stalls) == (verdict is F)
    assert check.feedback is not None
    if verdict is F:
        assert "took turns: while one was halted" in check.feedback.cause
        assert (
            f"halted for a moment, {measured.halts} times: {measured.stalls} times" in check.feedback.text()
        )
    else:
        assert measured.by_structure
        assert f"halted for a moment, {measured.halts} times: the others went on" in check.feedback.text()
