"""Returns the iterator that imap gives.

caught-by: test_squares_of_five_numbers
says: iterator
may-fail: test_other_numbers, test_as_many_workers_as_asked_for, test_order_is_kept, test_the_pool_is_closed
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        return pool.imap(square, numbers)
