"""What a program asked of the machine, from the kernel's own books.

For every thread of every process the kernel keeps in /proc/PID/task/TID/schedstat the nanoseconds
it ran and the nanoseconds it stood ready to run but had no core. Their sum is what the program
asked for; it hardly depends on what else the machine is doing, as wall-clock time does.
"""

from __future__ import annotations

import contextlib
import os

LOOK = 0.005  # seconds between two readings; costs about 5 % of a core


class CpuWatch:
    """Collects the readings of one call: give it to Host.call as `watch`."""

    def __init__(self) -> None:
        self._threads: dict[tuple[int, int], tuple[int, int]] = {}

    def __call__(self, call_pid: int, below: list[int]) -> None:
        """Read the books of the call process and of everything below it."""
        for pid in (call_pid, *below):
            with contextlib.suppress(OSError):
                for thread in os.listdir(f"/proc/{pid}/task"):
                    with (
                        contextlib.suppress(OSError, ValueError),
                        open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file,
                    ):
                        ran, waited, _ = map(int, file.read().split())
                        self._threads[pid, int(thread)] = (ran, waited)

    @property
    def available(self) -> bool:
        """Whether this system keeps such books (Linux does)."""
        return bool(self._threads)

    def asked_seconds(self) -> float:
        """CPU time that the program had or was ready for, over all its threads."""
        return sum(ran + waited for ran, waited in self._threads.values()) / 1e9

    def cpu_by_process(self) -> list[float]:
        """CPU seconds of each process, the busiest first."""
        totals: dict[int, int] = {}
        for (pid, _), (ran, _) in self._threads.items():
            totals[pid] = totals.get(pid, 0) + ran
        return sorted((total / 1e9 for total in totals.values()), reverse=True)
