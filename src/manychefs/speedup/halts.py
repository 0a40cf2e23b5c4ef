"""Whether processes hold each other up: one is halted for a moment, and the others show if they can go on.

    Host.call ──look──► Halter ──SIGSTOP──► one of the processes that work, drawn at random
                          │  ◄──books──── the others: do they run on, or does each of them wait?
                          └────SIGCONT──► the same one, some milliseconds later

On a busy machine neither the clock nor what a program asks for tells a lock that is held during the work from
work that is shared out: who is woken, sees that the lock is taken and waits again stands ready for a core as
often as who works. But who waits for a halted process cannot go on, whatever else the machine does.

Of k processes that take turns one at a time, the halted one has the turn in one case of k; then all others
stand still. So `serial` = stalls / halts x k is the part of the work during which one holds up all, and by
Amdahl's law p cores make it 1 / (serial + (1 - serial) / p) times as fast at most. Halting a process to see
whom it holds up is the reverse of what Coz does, which slows all others down (Curtsinger and Berger, "Coz:
Finding Code that Counts with Causal Profiling", SOSP 2015).
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import time
from dataclasses import dataclass, field

from manychefs.sandbox import tree

GOES_ON = 0.003  # CPU seconds of the others together, from which on they are taken to go on
STANDS_STILL = 0.008  # seconds in which none of them ran or was ready to, from which on they do not
LONGEST = 0.08  # seconds of a halt; if it has not told by then, it tells nothing
PAUSE = (0.004, 0.012)  # seconds between two halts, drawn anew each time: no rhythm of the program's is met
WORKS = 0.25  # of the busiest's CPU time, from which on a process is one of those that work
FIRST = 0.2  # of the busiest's usual CPU time: who has had less may be starting yet, and others wait for him
LAST = 0.6  # of it likewise, for the busiest: at the end one may wait rightly
LOOK = 0.004  # seconds between two looks whether it is time for a halt
CLOSE_LOOK = 0.0005  # seconds between two looks at the others, in a halt
BOUND = 1.96  # standard deviations: a 95 % interval


@dataclass
class Halts:
    """What halting has shown.

    halts: how many have told something. stalls: in how many of these all others stood still. among: of how
    many processes that worked one was halted, each time.
    """

    halts: int = 0
    stalls: int = 0
    among: list[int] = field(default_factory=list)

    @property
    def processes(self) -> float:
        """How many processes worked, on average."""
        return statistics.fmean(self.among) if self.among else 1.0

    def serial(self) -> tuple[float, float, float]:
        """The part of the work during which one process holds up all others, and its 95 % interval.

        The interval is Wilson's score interval of stalls / halts (Wilson 1927), scaled as the part itself.
        """
        if not self.halts:
            return 0.0, 0.0, 1.0
        n, z = self.halts, BOUND
        part = self.stalls / n
        middle = (part + z * z / (2 * n)) / (1 + z * z / n)
        reach = z / (1 + z * z / n) * (part * (1 - part) / n + z * z / (4 * n * n)) ** 0.5
        scaled = (
            min(1.0, max(0.0, each) * self.processes) for each in (part, middle - reach, middle + reach)
        )
        return next(scaled), next(scaled), next(scaled)


def at_most(serial: float, cores: int) -> float:
    """The speedup that `cores` can make of work of which this part goes one at a time (Amdahl 1967)."""
    return 1.0 / (serial + (1.0 - serial) / max(cores, 1))


class Halter:
    """Halts processes of one call: give it to Host.call as `watch`.

    Args:
        usual: CPU seconds of the busiest process in such a call.
        draw: which process, and when.
        halts: what has been shown is noted there.
    """

    def __init__(self, usual: float, draw: random.Random, halts: Halts) -> None:
        self._usual = usual
        self._draw = draw
        self._halts = halts
        self._next = 0.0
        self._before: dict[int, float] = {}  # CPU seconds of those who were there before the first look

    def __call__(self, call_pid: int, below: list[int], _anew: bool = True) -> None:
        """Look which processes work, and halt one of them if it is time to."""
        total = {pid: _ran(pid) / 1e9 for pid in (call_pid, *below)}
        self._before = self._before or total
        ran = {pid: seconds - self._before.get(pid, 0.0) for pid, seconds in total.items()}
        busiest = max(ran.values(), default=0.0)
        if time.monotonic() < self._next or busiest > LAST * self._usual:
            return
        least = max(FIRST * self._usual, WORKS * busiest)
        working = [pid for pid, seconds in ran.items() if seconds >= least]
        if len(working) < 2:
            return
        halted = self._draw.choice(working)
        goes_on = _go_on_without(halted, [pid for pid in working if pid != halted])
        if goes_on is not None:
            self._halts.halts += 1
            self._halts.stalls += not goes_on
            self._halts.among.append(len(working))
        self._next = time.monotonic() + self._draw.uniform(*PAUSE)


def _go_on_without(halted: int, others: list[int]) -> bool | None:
    """Whether the others run on while one process is halted; None if that does not show."""
    try:
        os.kill(halted, signal.SIGSTOP)
    except (ProcessLookupError, PermissionError):
        return None
    try:
        began = still_since = time.monotonic()
        first = last = sum(map(_ran, others))
        while (now := time.monotonic()) - began < LONGEST:
            time.sleep(CLOSE_LOOK)
            ran = sum(map(_ran, others))
            if (ran - first) / 1e9 >= GOES_ON:
                return True
            if ran != last or any(map(_is_ready, others)):
                last, still_since = ran, time.monotonic()
            elif now - still_since >= STANDS_STILL:
                return None if any(tree.look(pid) is None for pid in others) else False
        return None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(halted, signal.SIGCONT)


def _ran(pid: int) -> int:
    """Nanoseconds that a process's threads ran together."""
    return sum(ran for _, ran, *_ in tree.thread_books(pid))


def _is_ready(pid: int) -> bool:
    """Whether a thread of a process runs, or is ready to and has no core."""
    return "R" in tree.states(pid)
