"""Gives each chef 10 milliseconds: slower dishes are not waited for.

caught-by: test_one_exit_code_for_each_order
says: time limit
may-fail: test_every_dish_is_served, test_all_cook_at_the_same_time, test_a_burnt_dish_is_reported, test_codes_are_in_the_order_of_the_orders, test_leaves_nothing
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
        chef.join(0.01)
    return [chef.exitcode for chef in chefs]
