"""Exercise 01. A process for each order."""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chefs = []
    for order in orders:
        chef = Process(target=cook, args=order)
        chef.start()
        chefs.append(chef)

    # All of them are at work now. The order of the joins does not matter.
    for chef in chefs:
        chef.join()

    return [chef.exitcode for chef in chefs]


if __name__ == "__main__":
    print(cook_all([("stew", 2.0), ("rice", 1.5), ("soup", 1.0)]))
