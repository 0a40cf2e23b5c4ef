"""Every process calculates the whole list, and only one result is used.

caught-by: test_faster_than_serial
says: each did all
"""

import math
from multiprocessing import Pool


def all_of_them(numbers):
    return [math.factorial(number) for number in numbers]


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return pool.map(all_of_them, [numbers, numbers], chunksize=1)[0]
