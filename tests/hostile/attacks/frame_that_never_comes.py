"""Promises a long frame and sends nothing more.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import time


def count_up(processes, increments):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, (1 << 20).to_bytes(8, "big"))
        except OSError:
            pass
    time.sleep(20)
