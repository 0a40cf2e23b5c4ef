"""A call's deadline: a machine that has no core for a program puts it off, the program itself does not."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from manychefs.sandbox import deadline as module
from manychefs.sandbox import tree
from manychefs.sandbox.deadline import LONGEST, READING, Deadline
from manychefs.sandbox.tree import CpuBooks


class Machine:
    """A machine whose clock and books a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.books: dict[int, CpuBooks] = {}
        self.ready: set[int] = set()
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(module.tree, "cpu_books", lambda pid: self.books[pid])
        monkeypatch.setattr(module, "_cores", lambda: 2)
        monkeypatch.setattr(module, "_stands_ready", lambda pid: pid in self.ready)

    def over_after(self, seconds: float, deadline: Deadline) -> bool:
        self.now = 100.0 + seconds
        return deadline.is_over()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_who_is_stuck_gets_nothing_back(machine: Machine) -> None:
    machine.books = {1: CpuBooks(0.1, 0.0), 2: CpuBooks(0.0, 0.0)}
    deadline = Deadline(5, lambda: [1, 2])
    assert not machine.over_after(4.9, deadline)
    assert machine.over_after(5.0, deadline)
    assert deadline.given_back == 0


def test_for_how_long_nobody_has_done_anything_is_known(machine: Machine) -> None:
    machine.books = {1: CpuBooks(0.1, 0.0)}
    deadline = Deadline(5, lambda: [1])
    machine.over_after(1.0, deadline)  # it ran, before this reading
    machine.over_after(3.0, deadline)
    assert deadline.idle == 2.0
    machine.books = {1: CpuBooks(0.3, 0.0)}
    machine.over_after(4.0, deadline)
    assert deadline.idle == 0.0


def test_who_waited_for_a_core_gets_that_back_and_no_more(machine: Machine) -> None:
    machine.books = {1: CpuBooks(0.0, 0.5), 2: CpuBooks(0.0, 2.5)}  # one after another, as it may be
    deadline = Deadline(5, lambda: [1, 2])
    assert not machine.over_after(5.0, deadline)
    assert not machine.over_after(7.9, deadline)
    assert machine.over_after(8.0, deadline)
    assert deadline.given_back == 3
    assert not deadline.is_exhausted


def test_those_that_wait_at_the_same_time_get_that_time_back_once(machine: Machine) -> None:
    machine.books = {pid: CpuBooks(0.0, 5.0) for pid in range(4)}
    deadline = Deadline(5, lambda: [0, 1, 2, 3])
    assert not machine.over_after(5.0, deadline)
    assert deadline.given_back == 5


def test_a_long_wait_is_booked_at_its_end_and_counts_from_its_beginning(machine: Machine) -> None:
    machine.books = {1: CpuBooks(0.1, 0.0)}
    deadline = Deadline(5, lambda: [1])
    for tenth in range(45):
        assert not machine.over_after(tenth / 10, deadline)
    machine.books = {1: CpuBooks(0.1, 3.0)}
    assert not machine.over_after(4.7, deadline)
    assert deadline.given_back == pytest.approx(3, abs=0.2)


def test_who_stands_in_the_queue_at_the_deadline_is_not_ended_there(machine: Machine) -> None:
    machine.books, machine.ready = {1: CpuBooks(0.1, 0.0)}, {1}
    deadline = Deadline(5, lambda: [1])
    for second in range(1, 10):
        assert not machine.over_after(second, deadline)
    machine.ready = set()  # it has its core, and sleeps there
    machine.books = {1: CpuBooks(0.2, 4.0)}
    assert machine.over_after(10, deadline)
    assert deadline.given_back == pytest.approx(4, abs=0.5)
    assert not deadline.is_exhausted


def test_who_stands_in_the_queue_to_the_very_end_had_no_core(machine: Machine) -> None:
    machine.books, machine.ready = {1: CpuBooks(0.1, 0.0)}, {1}
    deadline = Deadline(5, lambda: [1])
    for second in range(1, int(5 * LONGEST) + 1):
        assert not machine.over_after(second, deadline) or second == 5 * LONGEST
    assert machine.over_after(5 * LONGEST + 1, deadline)
    assert deadline.is_exhausted


def test_what_a_process_waited_counts_when_it_has_ended(machine: Machine) -> None:
    machine.books = {1: CpuBooks(0.0, 0.0), 2: CpuBooks(0.0, 2.0)}
    alive = [1, 2]
    deadline = Deadline(5, lambda: alive)
    assert not machine.over_after(2.0, deadline)
    alive.remove(2)
    assert not machine.over_after(5.0, deadline)
    assert not machine.over_after(6.9, deadline)
    assert machine.over_after(7.0, deadline)


def test_the_books_are_not_read_at_each_look(machine: Machine) -> None:
    machine.books = {1: CpuBooks(0.0, 0.0)}
    read = []

    def processes() -> list[int]:
        read.append(machine.now)
        return [1]

    deadline = Deadline(5, processes)
    for milliseconds in range(0, 1000, 10):
        machine.over_after(milliseconds / 1000, deadline)
    assert 5 <= len(read) <= 1 / READING


def test_who_keeps_the_cores_busy_alone_gets_nothing_back(machine: Machine) -> None:
    machine.books = {pid: CpuBooks(2.5, 2.5) for pid in range(4)}  # ten seconds on two cores in five
    assert machine.over_after(5.0, Deadline(5, lambda: [0, 1, 2, 3]))


def test_it_ends_whatever_the_machine_is_doing_and_says_that_there_was_no_core(machine: Machine) -> None:
    deadline = Deadline(5, lambda: [1])
    for second in range(1, int(5 * LONGEST)):
        machine.books = {1: CpuBooks(0.0, float(second))}
        assert not machine.over_after(second, deadline)
    machine.books = {1: CpuBooks(0.0, 5 * LONGEST)}
    assert machine.over_after(5 * LONGEST, deadline)
    assert deadline.is_exhausted


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps such books")
def test_the_kernels_books_of_a_process_that_ran_and_waited() -> None:
    spin = f"import os; os.sched_setaffinity(0, {{{min(os.sched_getaffinity(0))}}})\nwhile True: pass"
    pair = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(2)]
    try:
        # Two that spin on one core: each waits while the other runs.
        while any(min(each.ran, each.waited) < 0.05 for each in map(tree.cpu_books, [p.pid for p in pair])):
            pass
    finally:
        for process in pair:
            process.kill()
            process.wait()
    assert tree.cpu_books(pair[0].pid) == CpuBooks()


@pytest.mark.parametrize("where", ["call", "import"])
def test_a_call_that_never_had_a_core_is_told_from_one_that_hangs(host, monkeypatch, where: str) -> None:
    """The program is real, the machine that has no core for it is not."""
    sleeps = "import time\ntime.sleep(60)\n" if where == "import" else "def f():\n    time.sleep(60)\n"
    starving = host(sleeps, seconds=0.1)
    began = time.monotonic()
    monkeypatch.setattr(module.tree, "cpu_books", lambda _: CpuBooks(0.0, 100 * (time.monotonic() - began)))
    outcome = starving.call("f")
    assert (outcome.how, outcome.starved) == ("deadline", True)
    monkeypatch.setattr(module.tree, "cpu_books", lambda _: CpuBooks())
    outcome = starving.call("f")
    assert (outcome.how, outcome.starved) == ("deadline", False)
