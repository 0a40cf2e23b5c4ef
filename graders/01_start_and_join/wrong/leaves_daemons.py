"""Makes daemons, does not wait for them and says that all went well.

caught-by: test_leaves_nothing
says: joined
may-fail: test_every_dish_is_served, test_all_cook_at_the_same_time, test_a_burnt_dish_is_reported, test_codes_are_in_the_order_of_the_orders
"""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    for dish, seconds in orders:
        Process(target=cook, args=(dish, seconds), daemon=True).start()
    return [0 for _ in orders]
