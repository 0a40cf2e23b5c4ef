# Dilan, exercise 3
import multiprocessing as mp


def add_plates(tally, increments):
    for _ in range(increments):
        with tally.get_lock():
            tally.value += 1


def count_up(processes, increments):
    tally = mp.Value("i", 0)
    chefs = [mp.Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs: chef.start()
    for chef in chefs: chef.join()
    return tally.value
