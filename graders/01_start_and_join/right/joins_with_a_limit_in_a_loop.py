"""Joins with a time limit, again and again until the process has ended; closes it then."""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chefs: list[Process] = []
    for dish, seconds in orders:
        chefs.append(Process(target=cook, args=(dish, seconds)))
    for chef in chefs:
        chef.start()
    codes = []
    for chef in chefs:
        while chef.exitcode is None:
            chef.join(timeout=0.02)
        codes.append(chef.exitcode)
        chef.close()
    return codes
