"""Start and join (hana)."""
import time
from multiprocessing import Process, current_process


def cook(dish, seconds):
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders):
    chefs = {}
    for number, (dish, seconds) in enumerate(orders):
        chefs[number] = Process(target=cook, args=(dish, seconds), name=dish)
        chefs[number].start()
    while any(chef.is_alive() for chef in chefs.values()):
        for chef in chefs.values():
            chef.join(timeout=0.05)
    return [chefs[number].exitcode for number in sorted(chefs)]
