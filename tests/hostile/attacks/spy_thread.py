"""Starts a thread in the host at import, which outlives every call and reads its requests away.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import threading
import time


def spy():
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for descriptor in range(3, 64):
            try:
                os.set_blocking(descriptor, False)
                os.read(descriptor, 1 << 16)
            except OSError:
                pass
        time.sleep(0.001)


threading.Thread(target=spy, daemon=True).start()


def count_up(processes, increments):
    return -1
