"""A Lock handed over beside a raw value that has none of its own."""

from multiprocessing import Lock, Process, Value, synchronize
from multiprocessing.sharedctypes import Synchronized


def add_plates(tally: "Synchronized[int]", lock: "synchronize.Lock", increments: int) -> None:
    """One chef's work: add 1 to the shared tally, `increments` times."""
    for _ in range(increments):
        with lock:
            tally.value += 1


def count_up(processes: int, increments: int) -> int:
    """Let `processes` chefs add `increments` plates each; return what the tally says at the end."""
    tally = Value("i", 0, lock=False)
    lock = Lock()
    chefs = [Process(target=add_plates, args=(tally, lock, increments)) for _ in range(processes)]
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
