"""04 factorials: heavy work for the CPU, shared out over the cores by a pool of processes."""

import math


def calculate(number: int) -> int:
    """What a worker does with one number. It is given: nothing is to be done here."""
    return math.factorial(number)


def factorials(numbers: list[int]) -> list[int]:
    # first the simple way, the pool comes later
    return [calculate(number) for number in numbers]
