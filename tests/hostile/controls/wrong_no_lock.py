"""Wrong: no lock. Explored, it loses an update.

against: steered
verdicts: test_no_update_is_lost failed, test_the_chefs_do_the_counting passed/failed
says: not 6
holds: bwrap unshare landlock none
"""

from multiprocessing import Process, Value


def add(tally, increments):
    for _ in range(increments):
        tally.value += 1


def count_up(processes, increments):
    tally = Value("i", 0)
    chefs = [Process(target=add, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value
