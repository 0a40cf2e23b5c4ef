"""Prints on and on, as fast as it can: here 64 MB.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os


def count_up(processes, increments):
    line = b"all checks have passed\n" * 40_000
    for _ in range(70):
        os.write(1, line)
