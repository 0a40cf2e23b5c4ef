"""01 start_and_join: a chef for each dish, all of them at the same time.

Run it with `python3 start_and_join.py`; check it with `chefs check 01`.
"""

import time
from multiprocessing import Process, current_process


def cook(dish: str, seconds: float) -> None:
    """One chef's work. It is given: nothing is to be done here."""
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    """Cook every order (dish, seconds) in a process of its own, all of them at the same time.

    Returns:
        The exit code of each process, in the order of `orders`: 0 for a dish that was served,
        None only for a process that has not ended.
    """
    # Task 1: start a process for each order; wait for none of them yet.
    raise NotImplementedError("task 1: start a process for each order; wait for none of them yet.")
    # Task 2: wait until every one of them has ended.
    raise NotImplementedError("task 2: wait until every one of them has ended.")
    # Task 3: return their exit codes.
    raise NotImplementedError("task 3: return their exit codes.")


def main() -> None:
    """Three dishes that would take 4.5 seconds one after another."""
    started = time.perf_counter()
    codes = cook_all([("stew", 2.0), ("rice", 1.5), ("soup", 1.0)])
    print(f"exit codes: {codes}, after {time.perf_counter() - started:.1f} seconds")


if __name__ == "__main__":
    main()
