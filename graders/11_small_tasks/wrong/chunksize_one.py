"""One number at a time, as was right for the few big ones of exercise 04.

caught-by: test_large_pieces
says: one at a time
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
        return pool.map(steps, numbers, chunksize=1)
