"""Collects in a dict, in which equal numbers share one place.

caught-by: test_other_numbers
says: only once
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def pair(n: int) -> tuple[int, int]:
    return n, square(n)


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        found = dict(pool.map(pair, numbers))
    return list(found.values())
