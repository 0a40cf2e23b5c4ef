"""The whole list is one piece: one worker gets it all.

caught-by: test_many_numbers_are_faster
says: One process did
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
        return pool.map(steps, numbers, chunksize=len(numbers))
