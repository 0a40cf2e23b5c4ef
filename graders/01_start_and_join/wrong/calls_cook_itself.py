"""Writes target=cook(...): calls cook in the parent and makes processes that do nothing.

caught-by: test_all_cook_at_the_same_time
says: calls cook on the spot
may-fail: test_a_burnt_dish_is_reported, test_codes_are_in_the_order_of_the_orders
"""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chefs = [Process(target=cook(dish, seconds)) for dish, seconds in orders]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return [chef.exitcode for chef in chefs]
