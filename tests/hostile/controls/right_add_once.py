"""Right: each chef counts for itself and adds once, under the lock.

against: tally
verdicts: test_adds_up passed, test_leaves_nothing passed
holds: bwrap unshare landlock none
"""

from multiprocessing import Process, Value


def add(tally, increments):
    with tally.get_lock():
        tally.value += increments


def count_up(processes, increments):
    tally = Value("i", 0)
    chefs = [Process(target=add, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value
