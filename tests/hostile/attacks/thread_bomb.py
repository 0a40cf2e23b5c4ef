"""Starts threads without end, in one process: here up to 3,000.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import threading
import time


def count_up(processes, increments):
    threading.stack_size(32 << 10)
    for _ in range(3000):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
    time.sleep(20)
