"""The lock is held for the read only; the write comes after it.

caught-by: test_no_update_is_lost
says: lost update
may-fail: test_reaches_5000, test_any_number_of_chefs
"""

from multiprocessing import Process, Value
from multiprocessing.sharedctypes import Synchronized


def add_plates(tally: "Synchronized[int]", increments: int) -> None:
    """One chef's work: add 1 to the shared tally, `increments` times."""
    for _ in range(increments):
        with tally.get_lock():
            plates = tally.value
        tally.value = plates + 1


def count_up(processes: int, increments: int) -> int:
    """Let `processes` chefs add `increments` plates each; return what the tally says at the end."""
    tally = Value("i", 0)
    chefs = [Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value


def main() -> None:
    """Five chefs add 1000 plates each."""
    print("plates:", count_up(processes=5, increments=1000))


if __name__ == "__main__":
    main()
