"""The slips are divided by the workers and rounded down.

caught-by: test_every_slip_once
says: rounded down
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
    cuts = [slips // workers * worker for worker in range(workers + 1)]
    chefs = [Process(target=count_share, args=(*pair, counted)) for pair in zip(cuts, cuts[1:])]
    for chef in chefs:
        chef.start()
    orders = Counter()
    for _ in chefs:
        orders.update(counted.get())
    for chef in chefs:
        chef.join()
    return dict(orders)
