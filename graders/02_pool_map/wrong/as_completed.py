"""as_completed: the results stand in the order of finishing.

caught-by: test_order_is_kept
says: wrong order
may-fail: test_squares_of_five_numbers, test_other_numbers
"""

from concurrent.futures import ProcessPoolExecutor, as_completed


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    with ProcessPoolExecutor(workers) as executor:
        futures = [executor.submit(square, n) for n in numbers]
        return [future.result() for future in as_completed(futures)]
