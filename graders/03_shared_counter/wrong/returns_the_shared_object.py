"""The shared Value is returned, not the number in it.

caught-by: test_any_number_of_chefs
says: Return
may-fail: test_reaches_5000, test_no_update_is_lost, test_the_chefs_do_the_counting, test_leaves_nothing
"""

from multiprocessing import Process, Value
from multiprocessing.sharedctypes import Synchronized


def add_plates(tally: "Synchronized[int]", increments: int) -> None:
    """One chef's work: add 1 to the shared tally, `increments` times."""
    for _ in range(increments):
        with tally.get_lock():
            tally.value += 1


def count_up(processes: int, increments: int) -> int:
    """Let `processes` chefs add `increments` plates each; return what the tally says at the end."""
    tally = Value("i", 0)
    chefs = [Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally


def main() -> None:
    """Five chefs add 1000 plates each."""
    print("plates:", count_up(processes=5, increments=1000))


if __name__ == "__main__":
    main()
