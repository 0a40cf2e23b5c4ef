"""Exercise 04. One number at a time, because the numbers differ so much in work."""

import math
import os
from multiprocessing import Pool


def calculate(number: int) -> int:
    return math.factorial(number)


def factorials(numbers: list[int]) -> list[int]:
    with Pool(os.cpu_count()) as pool:
        return pool.map(calculate, numbers, chunksize=1)


if __name__ == "__main__":
    print([len(str(number)) for number in factorials([500, 1000, 1500])])
