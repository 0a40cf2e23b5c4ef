"""A Counter is returned, not a plain dict.

caught-by: test_every_slip_once
says: dict(
may-fail: test_as_many_as_asked_for, test_few_messages, test_leaves_nothing, test_two_workers_beat_one_process
"""

from collections import Counter
from multiprocessing import Process, Queue

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_share(first, last, counted):
    counted.put(Counter(read_slip(number) for number in range(first, last)))


def count_orders(slips, workers):
    counted = Queue()
    cuts = [slips * worker // workers for worker in range(workers + 1)]
    chefs = [Process(target=count_share, args=(*pair, counted)) for pair in zip(cuts, cuts[1:])]
    for chef in chefs:
        chef.start()
    orders = Counter()
    for _ in chefs:
        orders.update(counted.get())
    for chef in chefs:
        chef.join()
    return orders
