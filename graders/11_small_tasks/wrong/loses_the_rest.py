"""Cut into equal pieces, rounded down: what is left over is lost.

caught-by: test_short_and_long
says: left over
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
    if len(numbers) < 4_000:
        return [steps(number) for number in numbers]
    pieces = 16
    size = len(numbers) // pieces
    cut = [numbers[place * size : (place + 1) * size] for place in range(pieces)]
    with Pool(max(os.cpu_count() or 1, 2)) as pool:
        return [count for part in pool.map(steps_of_all, cut) for count in part]
