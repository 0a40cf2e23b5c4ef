"""Every worker makes a till of its own, and the one that is read stays empty.

caught-by: test_other_evenings
says: till of its own
may-fail: test_receipts_and_takings, test_every_start_method, test_the_workers_sell, test_leaves_nothing
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


def open_counter(todays_surcharge):
    global surcharge, till
    surcharge, till = todays_surcharge, Value("i", 0)


def evening(dishes: list[str], todays_surcharge: int, method: str):
    context = get_context(method)
    with context.Pool(2, initializer=open_counter, initargs=(todays_surcharge,)) as pool:
        receipts = pool.map(sell, dishes)
    return receipts, Value("i", 0).value
