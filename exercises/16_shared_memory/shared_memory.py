"""16 shared_memory: one long table for all chefs, and nothing carried from room to room.

Run it with `python3 shared_memory.py`; check it with `chefs check 16`.
"""

import time
from multiprocessing import Lock, Process
from multiprocessing.shared_memory import SharedMemory
from multiprocessing.synchronize import Lock as LockType

CELL = 8  # bytes of one place on the table: an integer of type "q"


def bake(loaf: int, burnt: int) -> int:
    """The work on one loaf (given): a number below 2**40, after some microseconds of arithmetic."""
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


def chef(name: str, lock: LockType, count: int, first: int, last: int, burnt: int) -> None:
    """A chef's process: bake the loaves from `first` to `last - 1`, each to its own place on the table.

    The table has `count` places for loaves; the place after them holds the weight of all loaves together.
    """
    # Task 2: go to the table that is there, bake, add to the weight in one step, and leave the table.
    raise NotImplementedError("task 2: go to the table that is there, bake, add to the weight in one step, and leave the table.")


def run_chefs(name: str, count: int, chefs: int, burnt: int) -> None:
    """Let `chefs` processes bake `count` loaves on the table called `name`; raise if one of them failed."""
    # Task 1: a process for each chef, with a share of the loaves; wait for all; then look at exit codes.
    raise NotImplementedError("task 1: a process for each chef, with a share of the loaves; wait for all; then look at exit codes.")


def bake_all(count: int, chefs: int, asked: list[int], burnt: int = -1) -> tuple[int, list[int]]:
    """Bake `count` loaves; return the weight of all, and the loaves whose numbers are in `asked`.

    Raises an exception if a loaf is burnt. The table is cleared away in any case.
    """
    # Task 3: make the table, let the chefs bake, read what is asked for; always close and unlink it.
    raise NotImplementedError("task 3: make the table, let the chefs bake, read what is asked for; always close and unlink it.")


def main() -> None:
    """Bake by one chef, then by two."""
    for chefs in (1, 2):
        started = time.perf_counter()
        weight, loaves = bake_all(count=200_000, chefs=chefs, asked=[0, 1, 199_999])
        print(f"{chefs} at the table: {weight}, {loaves}, {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
