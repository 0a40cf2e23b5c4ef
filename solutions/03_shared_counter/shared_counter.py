"""03 shared_counter: five chefs, one tally of plates.

Run it with `python3 shared_counter.py`; check it with `chefs check 03`.
"""

from multiprocessing import Process, Value
from multiprocessing.sharedctypes import Synchronized


def add_plates(tally: "Synchronized[int]", increments: int) -> None:
    """One chef's work: add 1 to the shared tally, `increments` times."""
    for _ in range(increments):
        # Task 2: make "read it, add one, write it back" a single step for everyone else.
        ### BEGIN SOLUTION
        with tally.get_lock():
            tally.value += 1
        ### END SOLUTION


def count_up(processes: int, increments: int) -> int:
    """Let `processes` chefs add `increments` plates each; return what the tally says at the end."""
    # Task 1: make a shared integer, start all the chefs on it, wait for all of them.
    ### BEGIN SOLUTION
    tally = Value("i", 0)
    chefs = [Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    ### END SOLUTION
    # Task 3: return the number, not the shared object.
    ### BEGIN SOLUTION
    return tally.value
    ### END SOLUTION


def main() -> None:
    """Five chefs add 1000 plates each."""
    print("plates:", count_up(processes=5, increments=1000))


if __name__ == "__main__":
    main()
