"""Starts and joins as it should, and returns nothing.

caught-by: test_one_exit_code_for_each_order
says: returns nothing
may-fail: test_a_burnt_dish_is_reported, test_codes_are_in_the_order_of_the_orders
"""

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
    for chef in chefs:
        chef.join()
    codes = [chef.exitcode for chef in chefs]
