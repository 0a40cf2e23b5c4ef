"""The till is handed over, the surcharge is a global of the main process: silently 0 under spawn.

caught-by: test_receipts_and_takings
says: inherited under fork only
under: spawn
may-fail: test_every_start_method, test_the_workers_sell
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


def open_counter(shared_till):
    global till
    till = shared_till


def evening(dishes: list[str], todays_surcharge: int, method: str):
    global surcharge
    surcharge = todays_surcharge
    context = get_context(method)
    shared_till = context.Value("i", 0)
    with context.Pool(2, initializer=open_counter, initargs=(shared_till,)) as pool:
        receipts = pool.map(sell, dishes)
    return receipts, shared_till.value
