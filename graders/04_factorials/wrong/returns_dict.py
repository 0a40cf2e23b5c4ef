"""A dict from numbers to factorials instead of a list.

caught-by: test_small_numbers
says: dict
may-fail: test_big_numbers_in_order, test_faster_than_serial
"""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return dict(zip(numbers, pool.map(math.factorial, numbers, chunksize=1)))
