"""A ProcessPoolExecutor, whose map hands out one number at a time by default."""

import math
from concurrent.futures import ProcessPoolExecutor


def factorials(numbers: list[int]) -> list[int]:
    """Return the factorial of each number, in the order given."""
    with ProcessPoolExecutor() as executor:
        return list(executor.map(math.factorial, numbers))
