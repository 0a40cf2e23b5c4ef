"""The call of main() stands at the top level of the file, which every child imports.

caught-by: test_receipts_and_takings
says: __main__
under: spawn
may-fail: test_other_evenings, test_every_start_method, test_the_workers_sell, test_leaves_nothing
"""

from multiprocessing import current_process, get_all_start_methods, get_context
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
    with context.Pool(2, initializer=open_counter, initargs=(todays_surcharge, shared_till)) as pool:
        receipts = pool.map(sell, dishes)
    return receipts, shared_till.value


def main():
    for method in get_all_start_methods():
        print(evening(["soup", "fish", "cake"], 1, method))


main()
