"""An executor gets the context, and hands the state over through its initializer."""

from concurrent.futures import ProcessPoolExecutor
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
    shared_till = context.Value("i", 0)
    with ProcessPoolExecutor(
        2, context, initializer=open_counter, initargs=(todays_surcharge, shared_till)
    ) as pool:
        receipts = list(pool.map(sell, dishes))
    return receipts, shared_till.value
