"""A pool of threads, all of which live in one process.

caught-by: test_as_many_workers_as_asked_for
says: Threads
"""

from multiprocessing.pool import ThreadPool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with ThreadPool(workers) as pool:
        return pool.map(square, numbers)
