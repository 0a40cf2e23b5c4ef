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
    ### BEGIN SOLUTION
    block = SharedMemory(name=name)
    try:
        with block.buf.cast("q") as table:
            weight = 0
            for loaf in range(first, last):
                table[loaf] = bake(loaf, burnt)
                weight += table[loaf]
            with lock:
                table[count] += weight
    finally:
        block.close()
    ### END SOLUTION


def run_chefs(name: str, count: int, chefs: int, burnt: int) -> None:
    """Let `chefs` processes bake `count` loaves on the table called `name`; raise if one of them failed."""
    # Task 1: a process for each chef, with a share of the loaves; wait for all; then look at exit codes.
    ### BEGIN SOLUTION
    lock = Lock()
    shares = [count * place // chefs for place in range(chefs + 1)]
    processes = [
        Process(target=chef, args=(name, lock, count, first, last, burnt))
        for first, last in zip(shares, shares[1:], strict=False)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError("a chef failed")
    ### END SOLUTION


def bake_all(count: int, chefs: int, asked: list[int], burnt: int = -1) -> tuple[int, list[int]]:
    """Bake `count` loaves; return the weight of all, and the loaves whose numbers are in `asked`.

    Raises an exception if a loaf is burnt. The table is cleared away in any case.
    """
    # Task 3: make the table, let the chefs bake, read what is asked for; always close and unlink it.
    ### BEGIN SOLUTION
    block = SharedMemory(create=True, size=(count + 1) * CELL)
    try:
        run_chefs(block.name, count, chefs, burnt)
        with block.buf.cast("q") as table:
            return table[count], [table[loaf] for loaf in asked]
    finally:
        block.close()
        block.unlink()
    ### END SOLUTION


def main() -> None:
    """Bake by one chef, then by two."""
    for chefs in (1, 2):
        started = time.perf_counter()
        weight, loaves = bake_all(count=200_000, chefs=chefs, asked=[0, 1, 199_999])
        print(f"{chefs} at the table: {weight}, {loaves}, {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
