"""The main process sets the globals, and the workers are to inherit them: that goes under fork alone.

caught-by: test_receipts_and_takings
says: has globals of its own
under: spawn
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


def evening(dishes: list[str], todays_surcharge: int, method: str):
    context = get_context(method)
    open_counter(todays_surcharge, context.Value("i", 0))
    with context.Pool(2) as pool:
        receipts = pool.map(sell, dishes)
    return receipts, till.value
