"""The control: the kit's own work, which splits evenly, run as a submission is run.

    alone(steps)              all steps in the call process: the calibration, and a serial program's way
    split(steps, processes)   the same steps by so many processes at once: the best that the machine can show

A step is one round of a small integer calculation (a linear congruential generator): it stays in the
core's own caches, so that the processes share nothing but the cores.
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
