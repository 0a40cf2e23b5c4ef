"""The reference. CANARY-SOLUTION"""

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
    for chef in chefs:
        chef.join()
    return tally.value
