import os
from multiprocessing import Process, Value

def add_plates(tally, increments):
    for _ in range(increments):
        with tally.get_lock():
            tally.value += 1

def count_up(processes, increments):
    tally = Value("i", 0)
    chefs = [Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
    for c in chefs:
        c.start()
    for c in chefs:
        c.join()
    print("DEBUG tally", tally.value)
    os._exit(0)   # otherwise it hung once
