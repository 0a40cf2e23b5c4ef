"""Right, explored in every order and watched from outside.

against: steered
verdicts: test_no_update_is_lost passed, test_the_chefs_do_the_counting passed
holds: bwrap unshare landlock none
"""

from multiprocessing import Lock, Process, Value


def add(tally, lock, increments):
    for _ in range(increments):
        with lock:
            tally.value += 1


def count_up(processes, increments):
    tally, lock = Value("i", 0, lock=False), Lock()
    chefs = [Process(target=add, args=(tally, lock, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value
