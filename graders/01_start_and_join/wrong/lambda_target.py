"""A lambda as the target: spawn and forkserver cannot send it to the child.

caught-by: test_every_dish_is_served
says: lambda
under: spawn
under: spawn
may-fail: test_one_exit_code_for_each_order, test_all_cook_at_the_same_time, test_a_burnt_dish_is_reported, test_codes_are_in_the_order_of_the_orders, test_leaves_nothing
"""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chefs = [Process(target=lambda o=order: cook(*o)) for order in orders]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return [chef.exitcode for chef in chefs]
