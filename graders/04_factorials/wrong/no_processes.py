"""A plain loop in the main process.

caught-by: test_several_at_once
says: main process
may-fail: test_faster_than_serial
"""

import math


def factorials(numbers: list[int]) -> list[int]:
    return [math.factorial(number) for number in numbers]
