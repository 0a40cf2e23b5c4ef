"""The start method is set inside the function, which is called more than once.

caught-by: test_receipts_and_takings
says: set a second time
may-fail: test_other_evenings, test_every_start_method, test_the_workers_sell, test_leaves_nothing
"""

from multiprocessing import Pool, Value, current_process, set_start_method
from multiprocessing.sharedctypes import Synchronized

MENU = {"soup": 6, "fish": 14, "cake": 5, "tea": 2}
surcharge = 0
till: "Synchronized[int]"


def sell(dish):
    price = MENU[dish] + surcharge
    with till.get_lock():
        till.value += price
    return dish, price, current_process().name


def open_counter(todays_surcharge, shared_till):
    global surcharge, till
    surcharge, till = todays_surcharge, shared_till


def evening(dishes: list[str], todays_surcharge: int, method: str):
    set_start_method(method)
    shared_till = Value("i", 0)
    with Pool(2, initializer=open_counter, initargs=(todays_surcharge, shared_till)) as pool:
        receipts = pool.map(sell, dishes)
    return receipts, shared_till.value
