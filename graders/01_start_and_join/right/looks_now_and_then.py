"""Looks now and then whether a process is still alive, instead of join()."""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chefs = [Process(target=cook, args=order) for order in orders]
    for chef in chefs:
        chef.start()
    while any(chef.is_alive() for chef in chefs):
        time.sleep(0.005)
    return [chef.exitcode for chef in chefs]
