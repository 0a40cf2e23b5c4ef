"""A pool, and one task for each share."""

from collections import Counter
from multiprocessing import Pool

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_share(first, last):
    return Counter(read_slip(number) for number in range(first, last))


def count_orders(slips, workers):
    cuts = [slips * worker // workers for worker in range(workers + 1)]
    with Pool(workers) as pool:
        return dict(sum(pool.starmap(count_share, zip(cuts, cuts[1:]), chunksize=1), Counter()))
