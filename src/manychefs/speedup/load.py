"""What other programs use of the cores: watched, waited for, and told; never a part of a verdict.

    foreign load = (time that the cores were busy - CPU time of what is measured) / wall-clock time

from /proc/stat, whose unit is a hundredth of a second: over 0.1 s on two cores a reading is good to
about 0.1 of a core.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

CALM = 0.15  # cores; more than this and a measurement is put off for a while
SOON = 20.0  # seconds after somebody has waited in vain, in which nobody begins by waiting as long again
_WINDOW = 0.1  # seconds over which the load is read while waiting
_STAT = Path("/proc/stat")


class ForeignLoad:
    """The load of other programs on the cores that this process may use, since `mark`."""

    def __init__(self, stat: Path = _STAT) -> None:
        self._stat = stat
        self._cores = {f"cpu{core}" for core in _own_cores()}
        self.mark()

    def mark(self) -> None:
        """Begin anew."""
        self._began = time.monotonic(), self._busy(), time.process_time()

    def cores(self, own: float = 0.0) -> float | None:
        """Cores that others used since the mark, on average; None where that is not to be had.

        Args:
            own: CPU seconds used meanwhile by what this process has started.
        """
        (began, before, spent), busy = self._began, self._busy()
        wall = time.monotonic() - began
        if busy is None or before is None or wall <= 0:
            return None
        own += time.process_time() - spent
        return max(0.0, (busy - before - own) / wall)

    def idle(self) -> float | None:
        """Cores of ours that stood idle since the mark, on average; None where that is not to be had."""
        (began, before, _), busy = self._began, self._busy()
        wall = time.monotonic() - began
        if busy is None or before is None or wall <= 0:
            return None
        return max(0.0, len(self._cores) - (busy - before) / wall)

    def wait_until_calm(self, seconds: float) -> bool:
        """Return once others use little, or after so many seconds; whether they do."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.mark()
            time.sleep(_WINDOW)
            load = self.cores()
            if load is None or load <= CALM:
                return True
        return False

    def _busy(self) -> float | None:
        """Seconds that our cores have been busy since the machine was started."""
        try:
            lines = self._stat.read_text().splitlines()
            ticks = sum(_busy_ticks(line) for line in lines if line.split(" ", 1)[0] in self._cores)
            return ticks / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return None


class Patience:
    """Waits for others to calm down, and remembers for the measurement that comes next if that was in vain.

    A class that is graded beside something that goes on for an hour would else wait for it once a submission.

    Args:
        mark: a file that is there once somebody has waited in vain, and as old as that.
        load: what is waited for.
    """

    def __init__(self, mark: Path, load: ForeignLoad | None = None) -> None:
        self._mark = mark
        self._load = load or ForeignLoad()
        self._is_first = True

    def wait(self, seconds: float) -> None:
        """Wait at most so long; the first time only for one look, if another one has just waited in vain."""
        if self._is_first and self.was_in_vain():
            seconds = min(seconds, _WINDOW / 2)
        self._is_first = False
        calm = self._load.wait_until_calm(seconds)
        with contextlib.suppress(OSError):  # a full or read-only disk: then everybody waits
            if calm:
                self._mark.unlink(missing_ok=True)
            else:
                self._mark.touch()

    def was_in_vain(self) -> bool:
        """Whether somebody has waited in vain a moment ago."""
        try:
            return 0 <= time.time() - self._mark.stat().st_mtime < SOON
        except OSError:
            return False


def _busy_ticks(line: str) -> int:
    """user, nice, system, irq, softirq and steal; not idle, not iowait; guests are in user already."""
    _, user, nice, system, _, _, irq, softirq, steal, *_ = line.split()
    return sum(map(int, (user, nice, system, irq, softirq, steal)))


def _own_cores() -> set[int]:
    try:
        return os.sched_getaffinity(0)
    except AttributeError:  # macOS, Windows: there is no /proc/stat either
        return set()
