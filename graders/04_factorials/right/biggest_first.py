"""Tasks handed in one by one, the biggest first; results collected in the order given."""

import math
from multiprocessing import Pool


def factorials(numbers: list[int]) -> list[int]:
    """Return the factorial of each number, in the order given."""
    biggest_first = sorted(range(len(numbers)), key=lambda index: -numbers[index])
    with Pool(2) as pool:
        tasks = {index: pool.apply_async(math.factorial, (numbers[index],)) for index in biggest_first}
        return [tasks[index].get() for index in range(len(numbers))]
