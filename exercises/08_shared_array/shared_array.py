"""08 shared_array: chefs sort a sack of potatoes by size, and keep one board of how many of each there are.

Run it with `python3 shared_array.py`; check it with `chefs check 08`.
"""

import time
from multiprocessing import Array, Process
from multiprocessing.sharedctypes import SynchronizedArray

PRIME = 2**255 - 19  # calculating powers with so large a number keeps a core busy


def size_of(potato: int, sizes: int) -> int:
    """Weigh a potato on a slow scale (given): its size, from 0 to sizes - 1."""
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


def sort_out(potatoes: list[int], board: "SynchronizedArray[int]") -> None:
    """One chef's work: weigh each potato, and add 1 on the board in the line of its size."""
    # Task 2: weigh each potato, and add 1 so that no chef's 1 is lost and nobody waits for a scale.
    raise NotImplementedError("task 2: weigh each potato, and add 1 so that no chef's 1 is lost and nobody waits for a scale.")


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    """Let `chefs` processes count the potatoes of each size; return the `sizes` counts."""
    # Task 1: make the board, give each chef a part of the potatoes, start all, wait for all.
    raise NotImplementedError("task 1: make the board, give each chef a part of the potatoes, start all, wait for all.")
    # Task 3: return the counts as a list.
    raise NotImplementedError("task 3: return the counts as a list.")


def main() -> None:
    """Six sizes: one chef alone, then two."""
    potatoes = list(range(4_000))
    for chefs in (1, 2):
        started = time.perf_counter()
        counts = histogram(potatoes, 6, chefs)
        print(f"chefs: {chefs}, {time.perf_counter() - started:.2f} s, potatoes of each size: {counts}")


if __name__ == "__main__":
    main()
