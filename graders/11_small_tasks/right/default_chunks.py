"""Pool.map by itself makes about four pieces for each worker."""

import os
from multiprocessing import Pool


def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def count_steps(numbers):
    if len(numbers) <= 200:
        return list(map(steps, numbers))
    with Pool() as pool:
        return pool.map(steps, numbers)
