"""01 start_and_join: a chef for each dish, all of them at the same time."""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    """One chef's work. It is given: nothing is to be done here."""
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    # Task 1: start a process for each order; wait for none of them yet.
    chefs = [Process(target=cook, args=(dish, seconds)) for dish, seconds in orders]
    for chef in chefs:
        chef.start()
    # Task 2: wait until every one of them has ended.
    for chef in chefs:
        chef.join()
    # Task 3: return their exit codes.
    return [chef.exitcode for chef in chefs]
