"""Shared counter (hana): with a lock of my own, so that I see what happens."""
from multiprocessing import Lock, Process, Value


def add_plates(tally, lock, increments):
    for _ in range(increments):
        lock.acquire()
        tally.value += 1
        # TODO when to release it? not before the other one is done, surely


def count_up(processes, increments):
    lock = Lock()
    tally = Value("i", 0)
    chefs = [Process(target=add_plates, args=(tally, lock, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value
