"""As inherited_surcharge, and seen from fork: the check that asks for other start methods tells.

caught-by: test_every_start_method
says: inherited under fork only
under: fork
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
