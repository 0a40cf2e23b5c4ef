"""Hands the whole list to every worker.

caught-by: test_squares_of_five_numbers
says: twice
may-fail: test_other_numbers, test_order_is_kept
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_list(numbers: list[int]) -> list[int]:
    return [square(n) for n in numbers]


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        lists = pool.map(square_list, [numbers] * workers)
    return [result for squares in lists for result in squares]
