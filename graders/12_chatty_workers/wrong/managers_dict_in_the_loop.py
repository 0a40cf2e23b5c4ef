"""A manager's dict in the inner loop: each use of it is a question and an answer.

caught-by: test_few_messages
says: manager's dict
may-fail: test_two_workers_beat_one_process
"""

from multiprocessing import Manager, Process

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_share(first, last, orders, lock):
    for number in range(first, last):
        dish = read_slip(number)
        with lock:
            orders[dish] = orders.get(dish, 0) + 1


def count_orders(slips, workers):
    with Manager() as manager:
        orders, lock = manager.dict(), manager.Lock()
        chefs = []
        for worker in range(workers):
            share = (slips * worker // workers, slips * (worker + 1) // workers)
            chefs.append(Process(target=count_share, args=(*share, orders, lock)))
            chefs[-1].start()
        for chef in chefs:
            chef.join()
        return dict(orders)
