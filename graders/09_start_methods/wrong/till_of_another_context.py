"""The till is made by multiprocessing itself, that is by the default start method, whatever it is.

caught-by: test_every_start_method
says: same context
"""

from multiprocessing import Value, current_process, get_context
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
    context = get_context(method)
    shared_till = Value("i", 0)
    with context.Pool(2, initializer=open_counter, initargs=(todays_surcharge, shared_till)) as pool:
        receipts = pool.map(sell, dishes)
    return receipts, shared_till.value
