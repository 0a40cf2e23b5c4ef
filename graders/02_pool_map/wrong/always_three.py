"""Always three workers, as in the example.

caught-by: test_as_many_workers_as_asked_for
says: processes=workers
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(processes=3) as pool:
        return pool.map(square, numbers)
