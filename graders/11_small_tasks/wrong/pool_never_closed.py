"""The pool is neither closed nor joined.

caught-by: test_leaves_nothing
says: pool was never closed
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
    if len(numbers) < 1_000:
        return [steps(number) for number in numbers]
    pool = Pool(max(os.cpu_count() or 1, 2))
    return pool.map(steps, numbers)
