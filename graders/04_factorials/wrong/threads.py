"""Threads: of one process's threads, only one at a time runs Python code (the GIL).

caught-by: test_several_at_once
says: GIL
may-fail: test_faster_than_serial
"""

import math
from concurrent.futures import ThreadPoolExecutor


def factorials(numbers: list[int]) -> list[int]:
    with ThreadPoolExecutor() as executor:
        return list(executor.map(math.factorial, numbers))
