"""One process cooks all the dishes, one after the other.

caught-by: test_all_cook_at_the_same_time
says: a single chef
may-fail: test_every_dish_is_served, test_a_burnt_dish_is_reported, test_codes_are_in_the_order_of_the_orders
"""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_menu(orders: list[tuple[str, float]]) -> None:
    for dish, seconds in orders:
        cook(dish, seconds)


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    chef = Process(target=cook_menu, args=(orders,))
    chef.start()
    chef.join()
    return [chef.exitcode] * len(orders)
