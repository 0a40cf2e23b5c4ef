"""Each process takes every second number, and sends its results through a pipe."""

import math
from multiprocessing import Pipe, Process

WORKERS = 2


def work(numbers, end):
    end.send([math.factorial(number) for number in numbers])
    end.close()


def factorials(numbers: list[int]) -> list[int]:
    """Return the factorial of each number, in the order given."""
    jobs = []
    for first in range(WORKERS):
        here, there = Pipe(duplex=False)
        process = Process(target=work, args=(numbers[first::WORKERS], there))
        process.start()
        there.close()
        jobs.append((process, here))
    results = [0] * len(numbers)
    for first, (process, here) in enumerate(jobs):
        results[first::WORKERS] = here.recv()
        here.close()
        process.join()
    return results
