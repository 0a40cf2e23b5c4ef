"""A call's deadline, which a busy machine does not bring nearer.

Wall-clock time alone would fail a right program on a machine that has no core for it. So the program gets
the time back for which it stood ready to run while others had the cores: Linux keeps that in
/proc/PID/task/TID/schedstat. It is read again and again, because a process that has ended has no books any
more. A program that is stuck waits for no core and gets nothing back; neither does one that keeps the cores
busy itself.

The kernel books a wait when it is over. Where many programs want the cores, or this one has a low priority,
one wait may be as long as the limit: what is booked late belongs to the time before, and who stands in the
queue at the deadline has waited since its books last moved.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from manychefs.sandbox import tree
from manychefs.sandbox.tree import CpuBooks

LONGEST = 5.0  # times the limit; whatever the machine is doing, it ends
READING = 0.1  # seconds between two readings of the books
IDLE = 0.02  # of a core: a program that ran less than this since the last reading did nothing


class Deadline:
    """The time at which a call is ended. It begins when this object is made.

    Args:
        limit: seconds that the program may take on a machine that has a core for it.
        processes: gives the process ids of the program's processes.
    """

    def __init__(self, limit: float, processes: Callable[[], list[int]]) -> None:
        self.limit = limit
        self.started = self._read = time.monotonic()
        self.until = self.started + limit
        self._processes = processes
        self._books: dict[int, CpuBooks] = {}
        self._kept = self._standing = 0.0
        self._moved = self.started  # when the books were last seen to have changed
        self._worked = self.started

    def is_over(self) -> bool:
        """Whether the call has to end now. To be asked every few milliseconds."""
        now = time.monotonic()
        if now - self._read >= READING or now >= self.until:
            self._kept += self._kept_from_running(now)
            self._read, self._standing = now, 0.0
            self._put_off()
            if now >= self.until and any(_stands_ready(pid) for pid in self._processes()):
                self._standing = now - self._moved
                self._put_off()
        return now >= self.until

    def _put_off(self) -> None:
        put_off = min(self._kept + self._standing, self.limit * (LONGEST - 1))
        self.until = self.started + self.limit + put_off

    @property
    def given_back(self) -> float:
        """Seconds by which it has been put off so far."""
        return self.until - self.started - self.limit

    @property
    def idle(self) -> float:
        """Seconds for which none of its processes has done anything, by the last reading of the books."""
        return self._read - self._worked

    @property
    def is_exhausted(self) -> bool:
        """Whether it was put off as far as it may be: the machine had no core for this program."""
        return self._kept + self._standing >= self.limit * (LONGEST - 1)

    def _kept_from_running(self, now: float) -> float:
        """Seconds since the last reading in which some process waited for a core.

        Less what the program itself had of the cores meanwhile. Where several waited one after
        another, each held up the program, so their waits add up, to no more than the time that has gone by.
        """
        books = {pid: tree.cpu_books(pid) for pid in self._processes()}
        before = [self._books.get(pid, CpuBooks()) for pid in books]
        ran = sum(each.ran - old.ran for each, old in zip(books.values(), before, strict=True))
        waited = sum(each.waited - old.waited for each, old in zip(books.values(), before, strict=True))
        self._books = books
        if ran > 0 or waited > 0:
            self._moved = now
        elapsed = now - self._read
        if ran > IDLE * elapsed:
            self._worked = now
        had = ran / (_cores() * max(elapsed, 1e-3))
        return min(max(waited, 0.0), now - self.started - self._kept) * max(0.0, 1.0 - had)


def _stands_ready(pid: int) -> bool:
    seen = tree.look(pid)
    return seen is not None and seen.state == "R"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
