"""Prints without end in every explored schedule: what is kept of it must not fill the disk.

against: steered
verdicts: test_no_update_is_lost failed, test_the_chefs_do_the_counting failed
holds: bwrap unshare landlock none
"""

import os


def count_up(processes, increments):
    for _ in range(64):
        os.write(1, b"x" * (1 << 20))
    return -1
