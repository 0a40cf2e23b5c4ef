"""A manager's till and lock may go through a pool's arguments: what travels is a proxy."""

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


class Till:
    """What sell needs of a shared integer, on top of a manager's value and lock."""

    def __init__(self, number, lock):
        self.number, self.lock = number, lock

    def get_lock(self):
        return self.lock

    @property
    def value(self):
        return self.number.value

    @value.setter
    def value(self, new):
        self.number.value = new


def sell_with(dish, todays_surcharge, number, lock):
    open_counter(todays_surcharge, Till(number, lock))
    return sell(dish)


def evening(dishes: list[str], todays_surcharge: int, method: str):
    context = get_context(method)
    with context.Manager() as manager, context.Pool(2) as pool:
        number, lock = manager.Value("i", 0), manager.Lock()
        receipts = pool.starmap(sell_with, [(dish, todays_surcharge, number, lock) for dish in dishes])
        return receipts, number.value
