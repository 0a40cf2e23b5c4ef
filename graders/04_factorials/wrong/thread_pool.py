"""multiprocessing's ThreadPool: it looks like a Pool, but its workers are threads.

caught-by: test_faster_than_serial
says: threads
may-fail: test_several_at_once
"""

import math
import os
from multiprocessing.pool import ThreadPool


def factorials(numbers: list[int]) -> list[int]:
    with ThreadPool(os.cpu_count()) as pool:
        return pool.map(math.factorial, numbers, chunksize=1)
