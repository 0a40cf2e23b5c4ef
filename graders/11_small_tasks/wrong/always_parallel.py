"""A pool for every list, however short.

caught-by: test_few_numbers_start_nothing
says: before you make the pool
"""

import os
from multiprocessing import Pool


def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def count_steps(numbers):
    with Pool(max(os.cpu_count() or 1, 2)) as pool:
        return pool.map(steps, numbers)
