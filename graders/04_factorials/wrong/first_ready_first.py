"""imap_unordered gives the results in the order in which they get ready.

caught-by: test_big_numbers_in_order
says: wrong order
may-fail: test_small_numbers, test_faster_than_serial
"""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return list(pool.imap_unordered(math.factorial, numbers))
