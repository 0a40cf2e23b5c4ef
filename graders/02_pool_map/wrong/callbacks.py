"""apply_async with a callback that appends: the order of finishing.

caught-by: test_order_is_kept
says: wrong order
may-fail: test_squares_of_five_numbers, test_other_numbers
"""

from multiprocessing import Pool


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    squares: list[int] = []
    with Pool(workers) as pool:
        for n in numbers:
            pool.apply_async(square, (n,), callback=squares.append)
        pool.close()
        pool.join()
    return squares
