"""Squares all the numbers and returns nothing.

caught-by: test_squares_of_five_numbers
says: returns nothing
may-fail: test_other_numbers, test_order_is_kept
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        squares = pool.map(square, numbers)
