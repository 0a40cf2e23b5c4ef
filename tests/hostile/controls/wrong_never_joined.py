"""Wrong: the last chef is never joined, and is a zombie when the function has returned.

against: tally
verdicts: test_adds_up passed, test_leaves_nothing failed
says: never joined
holds: bwrap unshare landlock none
"""

import time
from multiprocessing import Process, Value


def add(tally, increments):
    for _ in range(increments):
        with tally.get_lock():
            tally.value += 1


def count_up(processes, increments):
    tally = Value("i", 0)
    chefs = [Process(target=add, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    while tally.value < processes * increments:
        time.sleep(0.001)
    return tally.value
