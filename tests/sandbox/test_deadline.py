"""A call's deadline: a machine that has no core for a program puts it off, the program itself does not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from manychefs.sandbox import deadline as module
from manychefs.sandbox import tree
from manychefs.sandbox.deadline import LONGEST, Deadline
from manychefs.sandbox.tree import CpuBooks


class Machine:
    """A machine whose clock and books a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.books: dict[int, CpuBooks] = {}
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(module.tree, "cpu_books", lambda pid: self.books[pid])
        monkeypatch.setattr(module, "_cores", lambda: 2)

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


def test_who_waited_for_a_core_gets_that_back_and_no_more(machine: Machine) -> None:
    machine.books = {1: CpuBooks(0.0, 0.5), 2: CpuBooks(0.0, 3.0)}
    deadline = Deadline(5, lambda: [1, 2])
    assert not machine.over_after(5.0, deadline)
    assert not machine.over_after(7.9, deadline)
    assert machine.over_after(8.0, deadline)
    assert deadline.given_back == 3


def test_who_keeps_the_cores_busy_alone_gets_nothing_back(machine: Machine) -> None:
    machine.books = {pid: CpuBooks(2.5, 2.5) for pid in range(4)}  # ten seconds on two cores in five
    assert machine.over_after(5.0, Deadline(5, lambda: [0, 1, 2, 3]))


def test_it_ends_whatever_the_machine_is_doing(machine: Machine) -> None:
    machine.books = {1: CpuBooks(0.0, 1000.0)}
    deadline = Deadline(5, lambda: [1])
    assert not machine.over_after(5 * LONGEST - 0.1, deadline)
    assert machine.over_after(5 * LONGEST, deadline)


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
