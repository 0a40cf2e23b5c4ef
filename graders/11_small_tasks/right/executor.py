"""A ProcessPoolExecutor with a chunksize."""

from concurrent.futures import ProcessPoolExecutor


def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def count_steps(numbers):
    if len(numbers) < 4_000:
        return [steps(number) for number in numbers]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(steps, numbers, chunksize=250))
