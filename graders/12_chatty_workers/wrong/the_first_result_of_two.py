"""Each worker counts all of the slips, and the first result is taken.

caught-by: test_two_workers_beat_one_process
says: each did all
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
    chefs = [Process(target=count_share, args=(0, slips, counted)) for _ in cuts[1:]]
    for chef in chefs:
        chef.start()
    orders = [counted.get() for _ in chefs][0]
    for chef in chefs:
        chef.join()
    return dict(orders)
