"""Pool.apply waits for its result: the workers take turns.

caught-by: test_faster_than_serial
says: turns
"""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    with Pool(2) as pool:
        return [pool.apply(math.factorial, (number,)) for number in numbers]
