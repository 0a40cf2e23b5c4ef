"""Each dish is sent through a pipe by itself.

caught-by: test_few_messages
says: messages more
may-fail: test_two_workers_beat_one_process
"""

from collections import Counter
from multiprocessing import Pipe, Process

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_share(first, last, line):
    for number in range(first, last):
        line.send(read_slip(number))
    line.close()


def count_orders(slips, workers):
    lines, chefs = [], []
    for worker in range(workers):
        here, there = Pipe(duplex=False)
        share = (slips * worker // workers, slips * (worker + 1) // workers)
        chefs.append(Process(target=count_share, args=(*share, there)))
        chefs[-1].start()
        there.close()
        lines.append((here, share[1] - share[0]))
    orders = Counter()
    for line, size in lines:
        orders.update(line.recv() for _ in range(size))
        line.close()
    for chef in chefs:
        chef.join()
    return dict(orders)
