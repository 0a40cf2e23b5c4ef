"""11 small_tasks: peas, one at a time or by the bowl; and none at all to others, if there are few.

Run it with `python3 small_tasks.py`; check it with `chefs check 11`.
"""

import os
import time
from multiprocessing import Pool


def steps(number: int) -> int:
    """Halve an even number, or triple an odd one and add 1: how often, until it is 1? (given)"""
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def count_steps(numbers: list[int]) -> list[int]:
    """Return the steps of each number, in the order given."""
    # Task 1: for few numbers, do the work right here, without any process.
    raise NotImplementedError("task 1: for few numbers, do the work right here, without any process.")
    # Task 2: for many, hand them to a pool of processes, in large pieces.
    raise NotImplementedError("task 2: for many, hand them to a pool of processes, in large pieces.")


def main() -> None:
    """Time a short list and a long one, each by a plain loop and by your function."""
    for length in (20, 10_000):
        numbers = list(range(10**15, 10**15 + length))
        started = time.perf_counter()
        expected = [steps(number) for number in numbers]
        loop = time.perf_counter() - started

        started = time.perf_counter()
        results = count_steps(numbers)
        yours = time.perf_counter() - started
        print(f"{length:6} numbers: loop {loop * 1e3:7.1f} ms, yours {yours * 1e3:7.1f} ms")
        print("        same results:", results == expected)


if __name__ == "__main__":
    main()
