"""Keeps the pool in a global, for a next call that may never come.

caught-by: test_the_pool_is_closed
says: never closed
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


pool = None


def square_all(numbers: list[int], workers: int) -> list[int]:
    global pool
    pool = Pool(workers)
    return pool.map(square, numbers)
