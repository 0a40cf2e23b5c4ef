"""Each process forks the next and ends, in sessions of their own: never more than a few at a time.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import time


def count_up(processes, increments):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if os.fork():
            os._exit(0)
        os.setsid()
