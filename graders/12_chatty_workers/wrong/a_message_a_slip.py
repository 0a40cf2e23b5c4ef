"""Each dish is put on the queue by itself, and the main process counts.

caught-by: test_few_messages
says: messages more
may-fail: test_two_workers_beat_one_process
"""

from collections import Counter
from multiprocessing import Process, Queue

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_share(first, last, counted):
    for number in range(first, last):
        counted.put(read_slip(number))


def count_orders(slips, workers):
    counted = Queue()
    cuts = [slips * worker // workers for worker in range(workers + 1)]
    chefs = [Process(target=count_share, args=(*pair, counted)) for pair in zip(cuts, cuts[1:])]
    for chef in chefs:
        chef.start()
    orders = Counter(counted.get() for _ in range(slips))
    for chef in chefs:
        chef.join()
    return dict(orders)
