"""imap_unordered: the results stand in the order of finishing.

caught-by: test_order_is_kept
says: wrong order
may-fail: test_squares_of_five_numbers, test_other_numbers
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        return list(pool.imap_unordered(square, numbers))
