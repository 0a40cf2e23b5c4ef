"""A task of its own for each number.

caught-by: test_large_pieces
says: messages for
may-fail: test_many_numbers_are_faster
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
    with Pool(max(os.cpu_count() or 1, 2)) as pool:
        promises = [pool.apply_async(steps, (number,)) for number in numbers]
        return [promise.get() for promise in promises]
