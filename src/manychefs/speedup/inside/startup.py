"""The kit's own job, run as a submission is run.

    alone(steps)              all steps in the call process: a serial program's way
    split(steps, processes)   the same steps by so many processes at once; without any: what starting costs

A step is one round of a small integer calculation (a linear congruential generator): it stays in the
core's own caches.
"""

from __future__ import annotations

from multiprocessing import Process


def spin(steps: int) -> int:
    """So many steps of work."""
    value = 1
    for _ in range(steps):
        value = (value * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
    return value


def alone(steps: int) -> int:
    """All of the steps, here."""
    return spin(steps)


def split(steps: int, processes: int) -> int:
    """The steps in even shares, by `processes` processes that are started first and joined then."""
    workers = [Process(target=spin, args=(steps // processes,)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return processes
