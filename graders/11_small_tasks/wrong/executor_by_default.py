"""map of a ProcessPoolExecutor has a chunksize of 1.

caught-by: test_large_pieces
says: ProcessPoolExecutor
may-fail: test_many_numbers_are_faster
"""

from concurrent.futures import ProcessPoolExecutor


def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def count_steps(numbers):
    if len(numbers) < 1_000:
        return [steps(number) for number in numbers]
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(steps, numbers))
