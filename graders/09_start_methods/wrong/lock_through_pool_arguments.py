"""The till, with the lock in it, goes to the workers as an argument of the pool's map.

caught-by: test_receipts_and_takings
says: initargs
may-fail: test_other_evenings, test_every_start_method, test_the_workers_sell, test_leaves_nothing
"""

from multiprocessing import current_process, get_context
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


def sell_with(dish, todays_surcharge, shared_till):
    open_counter(todays_surcharge, shared_till)
    return sell(dish)


def evening(dishes: list[str], todays_surcharge: int, method: str):
    context = get_context(method)
    shared_till = context.Value("i", 0)
    with context.Pool(2) as pool:
        receipts = pool.starmap(sell_with, [(dish, todays_surcharge, shared_till) for dish in dishes])
    return receipts, shared_till.value
