"""Threads: one process, so one number at a time.

caught-by: test_many_numbers_use_processes
says: in threads
may-fail: test_many_numbers_are_faster
"""

from concurrent.futures import ThreadPoolExecutor


def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def count_steps(numbers):
    if len(numbers) < 1_000:
        return [steps(number) for number in numbers]
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(steps, numbers))
