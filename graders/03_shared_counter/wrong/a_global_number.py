"""The tally is an ordinary global: every chef counts in its own memory.

caught-by: test_reaches_5000
says: do not share
may-fail: test_any_number_of_chefs, test_no_update_is_lost
"""

from multiprocessing import Process
from multiprocessing.sharedctypes import Synchronized


plates = 0


def add_plates(increments: int) -> None:
    """One chef's work: add 1 to the shared tally, `increments` times."""
    global plates
    for _ in range(increments):
        plates += 1


def count_up(processes: int, increments: int) -> int:
    """Let `processes` chefs add `increments` plates each; return what the tally says at the end."""
    chefs = [Process(target=add_plates, args=(increments,)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return plates


def main() -> None:
    """Five chefs add 1000 plates each."""
    print("plates:", count_up(processes=5, increments=1000))


if __name__ == "__main__":
    main()
