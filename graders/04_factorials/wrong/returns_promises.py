"""map_async returns at once, with an object that stands for results still to come.

caught-by: test_small_numbers
says: still being computed
may-fail: test_big_numbers_in_order, test_several_at_once, test_faster_than_serial, test_leaves_nothing
"""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return pool.map_async(math.factorial, numbers, chunksize=1)
