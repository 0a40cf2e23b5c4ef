"""The whole list is one task: one worker does it all.

caught-by: test_faster_than_serial
says: One process did
"""

import math
from multiprocessing import Pool


def all_of_them(numbers):
    return [math.factorial(number) for number in numbers]


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return pool.apply(all_of_them, (numbers,))
