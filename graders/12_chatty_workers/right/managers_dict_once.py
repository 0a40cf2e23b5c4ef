"""A manager's dict, used once by each worker."""

from collections import Counter
from multiprocessing import Manager, Process

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_share(worker, first, last, results):
    results[worker] = dict(Counter(read_slip(number) for number in range(first, last)))


def count_orders(slips, workers):
    with Manager() as manager:
        results = manager.dict()
        chefs = []
        for worker in range(workers):
            share = (slips * worker // workers, slips * (worker + 1) // workers)
            chefs.append(Process(target=count_share, args=(worker, *share, results)))
            chefs[-1].start()
        for chef in chefs:
            chef.join()
        return dict(sum(map(Counter, results.values()), Counter()))
