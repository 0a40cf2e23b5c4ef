"""The list cut into two halves: the second one has all the big numbers.

caught-by: test_faster_than_serial
says: One process did
"""

import math
from concurrent.futures import ProcessPoolExecutor


def several(numbers):
    return [math.factorial(number) for number in numbers]


def factorials(numbers: list[int]) -> list[int]:
    middle = len(numbers) // 2
    with ProcessPoolExecutor(2) as executor:
        first, second = executor.map(several, [numbers[:middle], numbers[middle:]])
    return first + second
