"""The iterator over the results is returned, not the results.

caught-by: test_small_numbers
says: iterator
may-fail: test_big_numbers_in_order, test_several_at_once, test_faster_than_serial, test_leaves_nothing
"""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return pool.imap(math.factorial, numbers)
