"""The results as text instead of integers.

caught-by: test_small_numbers
says: str
may-fail: test_big_numbers_in_order, test_faster_than_serial
"""

import math
from multiprocessing import Pool


def as_text(number):
    return hex(math.factorial(number))


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return pool.map(as_text, numbers, chunksize=1)
