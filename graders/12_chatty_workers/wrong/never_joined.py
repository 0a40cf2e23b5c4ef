"""The partial results are there, so nobody waits for the workers.

caught-by: test_leaves_nothing
says: join
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
    return dict(orders)
