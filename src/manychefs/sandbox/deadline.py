"""A call's deadline, which a busy machine does not bring nearer.

Wall-clock time alone would fail a right program on a machine that has no core for it. So whoever reaches
the deadline gets the time back for which it stood ready to run while others had the cores: Linux keeps that
in /proc/PID/task/TID/schedstat. A program that is stuck waits for no core and gets nothing back; neither
does one that keeps the cores busy itself.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from manychefs.sandbox import tree

LONGEST = 5.0  # times the limit; whatever the machine is doing, it ends


class Deadline:
    """The time at which a call is ended. It begins when this object is made.

    Args:
        limit: seconds that the program may take on a machine that has a core for it.
        processes: gives the process ids of the program's processes.
    """

    def __init__(self, limit: float, processes: Callable[[], list[int]]) -> None:
        self.limit = limit
        self.started = time.monotonic()
        self.until = self.started + limit
        self._processes = processes

    def is_over(self) -> bool:
        """Whether the call has to end now; looks at the machine only once the limit has been reached."""
        now = time.monotonic()
        if now < self.until:
            return False
        given_back = min(self._kept_from_running(now), self.limit * (LONGEST - 1))
        self.until = self.started + self.limit + given_back
        return now >= self.until

    @property
    def given_back(self) -> float:
        """Seconds by which it has been put off so far."""
        return self.until - self.started - self.limit

    def _kept_from_running(self, now: float) -> float:
        """Seconds that a process waited for a core, the longest; less what the program itself had of them."""
        books = [tree.cpu_books(pid) for pid in self._processes()]
        waited = max((each.waited for each in books), default=0.0)
        had = sum(each.ran for each in books) / (_cores() * max(now - self.started, 1e-3))
        return waited * max(0.0, 1.0 - had)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
