"""The example's answer stands in the code.

caught-by: test_other_numbers
says: stands in the code
may-fail: test_order_is_kept
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        pool.map(square, numbers)
    return [1, 4, 9, 16, 25]
