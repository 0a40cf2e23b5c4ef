"""A pool that nobody closes.

caught-by: test_the_pool_is_closed
says: never closed
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    pool = Pool(processes=workers)
    return pool.map(square, numbers)
