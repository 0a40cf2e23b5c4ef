"""Pool.map of every slip: it sends them in a few pieces, and the results as well."""

from collections import Counter
from multiprocessing import Pool

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number):
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_orders(slips, workers):
    with Pool(workers) as pool:
        return dict(Counter(pool.map(read_slip, range(slips))))
