"""Pool() takes as many workers as there are cores, whatever was asked for.

caught-by: test_as_many_workers_as_asked_for
says: processes=workers
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool() as pool:
        return pool.map(square, numbers)
