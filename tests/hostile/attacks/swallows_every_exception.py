"""Catches whatever is raised in it, BaseException too, and goes on.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
says: had not returned
holds: bwrap unshare landlock none
"""

import time


def count_up(processes, increments):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            while True:
                pass
        except BaseException:
            pass
