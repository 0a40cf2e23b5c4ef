"""A chunksize that is 0 when there are fewer numbers than workers.

caught-by: test_other_numbers
says: chunksize
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        return pool.map(square, numbers, chunksize=len(numbers) // workers)
