"""The default chunksize: the big numbers at the end of the list all go to one worker.

caught-by: test_faster_than_serial
says: chunksize=1
"""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return pool.map(math.factorial, numbers)
