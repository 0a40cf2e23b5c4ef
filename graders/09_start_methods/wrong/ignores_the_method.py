"""Pool and Value as they are imported: the default start method, whatever was asked for.

caught-by: test_every_start_method
says: use the default
"""

from multiprocessing import Pool, Value, current_process
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
    shared_till = Value("i", 0)
    with Pool(2, initializer=open_counter, initargs=(todays_surcharge, shared_till)) as pool:
        receipts = pool.map(sell, dishes)
    return receipts, shared_till.value
