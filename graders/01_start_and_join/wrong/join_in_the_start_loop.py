"""Joins each process in the loop that starts it: one dish after the other.

caught-by: test_all_cook_at_the_same_time
says: before the next was started
"""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    codes = []
    for dish, seconds in orders:
        chef = Process(target=cook, args=(dish, seconds))
        chef.start()
        chef.join()
        codes.append(chef.exitcode)
    return codes
