"""Has only two chefs at work: a third waits until one of them is ready.

caught-by: test_all_cook_at_the_same_time
says: At most 2 of 3
"""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chefs = []
    for place, order in enumerate(orders):
        if place >= 2:
            chefs[place - 2].join()
        chef = Process(target=cook, args=order)
        chef.start()
        chefs.append(chef)
    for chef in chefs:
        chef.join()
    return [chef.exitcode for chef in chefs]
