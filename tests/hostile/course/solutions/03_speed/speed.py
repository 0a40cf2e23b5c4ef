"""The reference. CANARY-SOLUTION"""

import math
from multiprocessing import Pool


def factorials(numbers):
    with Pool(2) as pool:
        return pool.map(math.factorial, numbers, chunksize=1)
