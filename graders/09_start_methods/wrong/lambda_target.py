"""A lambda as the target of a process: it has no name by which the child could find it.

caught-by: test_receipts_and_takings
says: lambda
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


def work(dishes, receipts, todays_surcharge, shared_till):
    open_counter(todays_surcharge, shared_till)
    receipts.put([sell(dish) for dish in dishes])


def evening(dishes: list[str], todays_surcharge: int, method: str):
    context = get_context(method)
    shared_till, receipts = context.Value("i", 0), context.SimpleQueue()
    worker = context.Process(target=lambda: work(dishes, receipts, todays_surcharge, shared_till))
    worker.start()
    sold = receipts.get()
    worker.join()
    return sold, shared_till.value
