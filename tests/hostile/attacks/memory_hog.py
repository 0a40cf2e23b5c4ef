"""Many processes that each keep below what one may have: 12 of 100 MB.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import time
from multiprocessing import Process


def eat():
    data = bytearray(b"x" * (100 << 20))
    time.sleep(20)
    return data


def count_up(processes, increments):
    chefs = [Process(target=eat) for _ in range(12)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
