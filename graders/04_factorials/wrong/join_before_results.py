"""The processes are joined before their big results are taken from the queue: a deadlock.

caught-by: test_big_numbers_in_order
says: join before drain
may-fail: test_several_at_once, test_faster_than_serial
"""

import math
from multiprocessing import Process, Queue

WORKERS = 2


def work(first, numbers, results):
    for index in range(first, len(numbers), WORKERS):
        results.put((index, math.factorial(numbers[index])))


def factorials(numbers: list[int]) -> list[int]:
    results = Queue()
    processes = [Process(target=work, args=(first, numbers, results)) for first in range(WORKERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    found = dict(results.get() for _ in numbers)
    return [found[index] for index in range(len(numbers))]
