"""The results of the pieces are not put together.

caught-by: test_short_and_long
says: lists in the list
may-fail: test_many_numbers_use_processes, test_large_pieces, test_many_numbers_are_faster
"""

import os
from multiprocessing import Pool


def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def steps_of_all(numbers):
    return [steps(number) for number in numbers]


def count_steps(numbers):
    if len(numbers) < 1_000:
        return [steps(number) for number in numbers]
    cut = [numbers[first : first + 500] for first in range(0, len(numbers), 500)]
    with Pool(max(os.cpu_count() or 1, 2)) as pool:
        return pool.map(steps_of_all, cut)
