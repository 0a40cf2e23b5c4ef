"""The pool is neither closed nor joined: its workers are still there when the function has returned.

caught-by: test_leaves_nothing
says: pool was never closed
"""

import math
from multiprocessing import Pool

pools = []


def factorials(numbers: list[int]) -> list[int]:
    pool = Pool(2)
    pools.append(pool)
    return pool.map(math.factorial, numbers, chunksize=1)
