"""The biggest first is a good idea, but the results come out in that order as well.

caught-by: test_small_numbers
says: wrong order
may-fail: test_big_numbers_in_order, test_faster_than_serial
"""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return pool.map(math.factorial, sorted(numbers, reverse=True), chunksize=1)
