"""12 chatty_workers: count what was ordered, and talk about it once.

Run it with `python3 chatty_workers.py`; check it with `chefs check 12`.
"""

import time
from collections import Counter
from multiprocessing import Process, Queue, queues

MENU = ("soup", "salad", "pasta", "fish", "cake")


def read_slip(number: int) -> str:
    """Find out which dish was ordered on a slip (given): some 20 microseconds of work."""
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def count_share(first: int, last: int, counted: "queues.Queue[dict[str, int]]") -> None:
    """A worker: count what was ordered on the slips from `first` to `last`, without `last` itself."""
    # Task 1: count in this process's own memory; when all is counted, send it in one message.
    raise NotImplementedError("task 1: count in this process's own memory; when all is counted, send it in one message.")


def count_orders(slips: int, workers: int) -> dict[str, int]:
    """How often each dish was ordered on the slips 0, 1, … slips - 1; a dish that nobody ordered may lack."""
    # Task 2: give each worker its share of the slips; every slip is in exactly one share.
    raise NotImplementedError("task 2: give each worker its share of the slips; every slip is in exactly one share.")
    # Task 3: add up what the workers have sent, wait for them, and return a plain dict.
    raise NotImplementedError("task 3: add up what the workers have sent, wait for them, and return a plain dict.")


def main() -> None:
    """Count 20 000 slips, by a plain loop and by your function."""
    started = time.perf_counter()
    expected = Counter(read_slip(number) for number in range(20_000))
    print(f"loop:  {time.perf_counter() - started:.2f} s")

    started = time.perf_counter()
    orders = count_orders(20_000, workers=2)
    print(f"yours: {time.perf_counter() - started:.2f} s, same result: {orders == expected}")
    print(orders)


if __name__ == "__main__":
    main()
