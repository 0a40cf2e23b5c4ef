"""The main process opens the counter and sells everything itself.

caught-by: test_the_workers_sell
says: main process sold
may-fail: test_every_start_method
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
    open_counter(todays_surcharge, get_context(method).Value("i", 0))
    return [sell(dish) for dish in dishes], till.value
