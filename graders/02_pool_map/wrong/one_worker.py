"""A single worker does it all.

caught-by: test_as_many_workers_as_asked_for
says: single worker
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(1) as pool:
        return pool.map(square, numbers)
