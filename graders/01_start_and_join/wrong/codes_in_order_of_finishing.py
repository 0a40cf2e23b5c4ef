"""Appends each exit code when its process is ready: the order of finishing.

caught-by: test_codes_are_in_the_order_of_the_orders
says: wrong order
may-fail: test_a_burnt_dish_is_reported
"""

import time
from multiprocessing import Process, connection, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    at_work = {}
    for order in orders:
        chef = Process(target=cook, args=order)
        chef.start()
        at_work[chef.sentinel] = chef
    codes = []
    while at_work:
        for sentinel in connection.wait(list(at_work)):
            chef = at_work.pop(sentinel)
            chef.join()
            codes.append(chef.exitcode)
    return codes
