"""What a program asked of the machine, from the kernel's own books.

For every thread of every process the kernel keeps in /proc/PID/task/TID/schedstat the nanoseconds
it ran and the nanoseconds it stood ready to run but had no core. Their sum is what the program
asked for; it hardly depends on what else the machine is doing, as wall-clock time does.

A thread of a lower priority than ours waits because it let everybody go first: its waiting is not counted,
or a program could ask for any number of cores without ever using them.
"""

from __future__ import annotations

import contextlib
import os
import time
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from manychefs.report import Strip
from manychefs.sandbox import tree
from manychefs.sandbox.host import Outcome
from manychefs.speedup.measure import Sample

LOOK = 0.0075  # seconds between two readings: D is the same as by 5 ms, for two thirds of the cost
MOST_OF_THE_WORK = 0.9
STARTING_TURNS = 20  # that starting and ending a process takes, and what it is handed
COLUMNS = 60  # of a strip
MOST_STRIPS = 8

_Look = tuple[float, int, int]  # when, and a process's nanoseconds so far: ran, waited
_Books = tuple[int, int, int]  # nanoseconds ran, nanoseconds waited, how often it got a core


class CpuWatch:
    """Collects the readings of one call: give it to Host.call as `watch`, and close it after the call."""

    def __init__(self) -> None:
        self._books = tree.OpenBooks()
        self._listed: dict[int, list[int]] = {}  # a process's threads as last listed
        self._threads: dict[tuple[int, int], _Books] = {}
        self._gone: dict[int, _Books] = {}  # of threads whose number came up again for another one
        self._looks: dict[int, list[_Look]] = {}
        self._humble: set[tuple[int, int]] = set()  # threads that let others go first

    def __call__(self, call_pid: int, below: list[int], anew: bool = True) -> None:
        """Read the books of the call process and of everything below it.

        Args:
            anew: whether the tree has been walked just now, so that threads are listed anew as well.
        """
        now = time.monotonic()
        for pid in (call_pid, *below):
            if self._read(pid, anew):
                self._looks.setdefault(pid, []).append((now, *self._total(pid)[:2]))

    def close(self) -> None:
        """Close the books; what was read stays."""
        self._books.close()

    def __enter__(self) -> CpuWatch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, pid: int, anew: bool) -> bool:
        seen = False
        for thread in self._threads_of(pid, anew):
            with contextlib.suppress(OSError, ValueError):
                self._keep(pid, thread, *self._books.read(pid, thread))
                seen = True
        return seen

    def _threads_of(self, pid: int, anew: bool) -> list[int]:
        if anew or pid not in self._listed:
            self._listed[pid] = []
            with contextlib.suppress(OSError):
                self._listed[pid] = tree.threads(pid)
        return self._listed[pid]

    def _keep(self, pid: int, thread: int, ran: int, waited: int, turns: int) -> None:
        if waited > ran and ((pid, thread) in self._humble or _is_humble(thread)):
            self._humble.add((pid, thread))
            waited = 0
        before = self._threads.get((pid, thread), (0, 0, 0))
        if ran < before[0]:  # the books of a thread never go back: this is another one
            self._gone[pid] = _sum([self._gone.get(pid, (0, 0, 0)), before])
        self._threads[pid, thread] = (ran, waited, turns)

    def _total(self, pid: int) -> _Books:
        rows = [books for (owner, _), books in self._threads.items() if owner == pid]
        return _sum([self._gone.get(pid, (0, 0, 0)), *rows])

    def _totals(self) -> dict[int, _Books]:
        return {pid: self._total(pid) for pid in {owner for owner, _ in self._threads}}

    @property
    def available(self) -> bool:
        """Whether this system keeps such books (Linux does)."""
        return bool(self._threads)

    def asked_seconds(self) -> float:
        """CPU time that the program had or was ready for, over all its threads."""
        return sum(ran + waited for ran, waited, _ in self._totals().values()) / 1e9

    def turns(self) -> int:
        """How often the threads that did the work got a core: after waiting for one, or for something else.

        Threads that only hand out tasks and collect results are woken for each of them and do next to nothing
        then, also in a program that never waits. So of all threads those are counted, the busiest first, that
        did nine tenths of the work; and not what starting each of them takes.
        """
        threads = [*self._threads.values(), *self._gone.values()]
        enough = MOST_OF_THE_WORK * sum(ran for ran, *_ in threads)
        counted = done = 0
        for ran, _, turns in sorted(threads, reverse=True):
            if done >= enough:
                break
            done += ran
            counted += max(0, turns - STARTING_TURNS)
        return counted

    def cpu_by_process(self) -> list[float]:
        """CPU seconds of each process, the busiest first."""
        return sorted((ran / 1e9 for ran, *_ in self._totals().values()), reverse=True)

    def strips(self, seconds: float, columns: int = COLUMNS) -> list[Strip]:
        """Who ran when: a strip a process, in the order in which they came, the idlest left out.

        Args:
            seconds: how long the call took; each column is an even part of it.
        """
        totals = self._totals()
        # The last look comes with the answer: what was before the call does not count.
        began = max((looks[-1][0] for looks in self._looks.values()), default=0.0) - seconds
        busiest = sorted(self._looks, key=lambda pid: -totals[pid][0])[:MOST_STRIPS]
        first = next(iter(self._looks), None)
        kept = [pid for pid in self._looks if pid in busiest]
        number = 0
        strips = []
        for pid in kept:
            number += pid != first
            name = "main" if pid == first else f"p{number}"
            looks = [(when - began, ran, waited) for when, ran, waited in self._looks[pid]]
            strips.append(strip(name, looks, seconds, columns))
        return strips


def sample_of(outcome: Outcome, watch: CpuWatch) -> Sample:
    """A call's figures, as seen from outside."""
    by_process = tuple(watch.cpu_by_process())
    return Sample(
        wall=outcome.seconds,
        cpu=max(outcome.cpu_seconds, sum(by_process)),
        asked=watch.asked_seconds(),
        by_process=by_process,
        turns=watch.turns(),
        strips=tuple(watch.strips(outcome.seconds)),
    )


def _sum(books: Sequence[_Books]) -> _Books:
    ran, waited, turns = map(sum, zip(*books, strict=True))
    return ran, waited, turns


def _is_humble(thread: int) -> bool:
    """Whether this thread has a lower priority than the one that asks."""
    try:
        if os.sched_getscheduler(thread) == os.SCHED_IDLE:
            return True
        return os.getpriority(os.PRIO_PROCESS, thread) > os.getpriority(os.PRIO_PROCESS, 0)
    except OSError:
        return False


def strip(name: str, looks: Sequence[_Look], seconds: float, columns: int) -> Strip:
    """A process's readings as shares of each column of time: running, and ready without a core."""
    times = [0.0, *(look[0] for look in looks)]
    # What a process has on its books when it is first seen was before: at most one look ago.
    start = max(0.0, times[1] - LOOK) if looks else 0.0
    times[0] = start
    curves = [[0, *(look[1] for look in looks)], [0, *(look[2] for look in looks)]]
    edges = [seconds * column / columns for column in range(columns + 1)]
    ran, waited = ([_share(times, curve, left, right) for left, right in pairwise(edges)] for curve in curves)
    return Strip(name=name, ran=ran, waited=waited)


def _share(times: Sequence[float], curve: Sequence[int], left: float, right: float) -> float:
    """The part of left..right that the curve (nanoseconds so far) rises by, 0 to what its threads make."""
    if right <= left:
        return 0.0
    return round((_at(times, curve, right) - _at(times, curve, left)) / 1e9 / (right - left), 2)


def _at(times: Sequence[float], curve: Sequence[int], when: float) -> float:
    """A curve's height at a time, straight lines between the readings."""
    after = bisect_right(times, when)
    if after == 0:
        return 0.0
    if after == len(times):
        return float(curve[-1])
    left, right = times[after - 1], times[after]
    part = (when - left) / (right - left) if right > left else 1.0
    return curve[after - 1] + part * (curve[after] - curve[after - 1])
