"""04 factorials: heavy work for the CPU, shared out over the cores by a pool of processes.

Run it with `python3 factorials.py`; check it with `chefs check 04`.
"""

import math
import os
import time
from multiprocessing import Pool


def calculate(number: int) -> int:
    """What a worker does with one number. It is given: nothing is to be done here."""
    return math.factorial(number)


def factorials(numbers: list[int]) -> list[int]:
    """Return the factorial of each number, in the order given, calculated by several processes."""
    # Task 1: choose how many workers, and how many numbers each takes at a time.
    raise NotImplementedError("task 1: choose how many workers, and how many numbers each takes at a time.")
    # Task 2: let a pool of processes calculate; return the results as a list.
    raise NotImplementedError("task 2: let a pool of processes calculate; return the results as a list.")


def main() -> None:
    """Time the three big factorials: by one process, then by your function."""
    numbers = [100_000, 200_000, 300_000]
    started = time.perf_counter()
    expected = [calculate(number) for number in numbers]
    alone = time.perf_counter() - started
    print(f"one process: {alone:.2f} s")

    started = time.perf_counter()
    results = factorials(numbers)
    together = time.perf_counter() - started
    print(f"several:     {together:.2f} s, {alone / together:.2f} times as fast")
    print("same results:", results == expected)


if __name__ == "__main__":
    main()
