"""The resource limits that a host sets itself, from the exercise's limits."""

from __future__ import annotations

import math
import os

from manychefs.sandbox.confinement import Order

MOST_DESCRIPTORS = 4096  # open files of one process; a pool of 512 workers has about 1,600
CPU_SLACK = 60  # seconds of CPU time that a process may have beyond what any deadline allows it
TASKS_SLACK = 256  # threads and helpers beside the processes that the watchdog counts


def resource_limits(order: Order, *, own_user: bool) -> dict[str, int]:
    """By the names of the `resource` module: limits of one process, inherited by all that it starts.

    They are walls behind the watchdog, which can say what was too much: so it should be the first to see it.

    Args:
        own_user: whether the sandbox's processes are counted apart from all others of the same user.
    """
    limits = order.limits
    largest = order.largest_file_mb or max(limits.disk_mb, limits.memory_mb)
    found = {
        "AS": limits.memory_mb << 20,
        "CORE": 0,
        # A block of shared memory is a file to the kernel, and counts as memory to the exercise.
        "FSIZE": largest << 20,
        "NOFILE": MOST_DESCRIPTORS,
        "CPU": math.ceil(limits.seconds) * (os.cpu_count() or 1) + CPU_SLACK,
    }
    if own_user:
        found["NPROC"] = limits.processes * 4 + TASKS_SLACK
    return found
