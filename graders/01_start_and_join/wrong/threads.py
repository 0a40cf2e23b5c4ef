"""Starts threads: they all live in one process.

caught-by: test_all_cook_at_the_same_time
says: threads
may-fail: test_a_burnt_dish_is_reported, test_codes_are_in_the_order_of_the_orders
"""

import time
from multiprocessing import current_process
from threading import Thread


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chefs = [Thread(target=cook, args=order) for order in orders]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return [0 for _ in chefs]
