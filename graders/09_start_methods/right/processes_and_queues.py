"""Processes that take numbered dishes from a queue, with all they need in args."""

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


def work(orders, receipts, todays_surcharge, shared_till):
    open_counter(todays_surcharge, shared_till)
    while (order := orders.get()) is not None:
        number, dish = order
        receipts.put((number, sell(dish)))


def evening(dishes: list[str], todays_surcharge: int, method: str):
    context = get_context(method)
    shared_till = context.Value("i", 0)
    orders, receipts = context.SimpleQueue(), context.SimpleQueue()
    workers = [
        context.Process(target=work, args=(orders, receipts, todays_surcharge, shared_till)) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for order in (*enumerate(dishes), None, None):
        orders.put(order)
    sold = dict(receipts.get() for _ in dishes)
    for worker in workers:
        worker.join()
    return [sold[number] for number in range(len(dishes))], shared_till.value
