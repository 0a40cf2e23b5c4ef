"""apply_async without get(): a list of results that are still to come.

caught-by: test_squares_of_five_numbers
says: .get()
may-fail: test_other_numbers, test_as_many_workers_as_asked_for, test_order_is_kept, test_the_pool_is_closed
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with Pool(workers) as pool:
        return [pool.apply_async(square, (n,)) for n in numbers]
