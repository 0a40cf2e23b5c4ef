"""A pool with a single worker.

caught-by: test_several_at_once
cores: 2
says: only one worker
may-fail: test_faster_than_serial
"""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    with Pool(1) as pool:
        return pool.map(math.factorial, numbers, chunksize=1)
