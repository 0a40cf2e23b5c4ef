"""A pool whose workers get the tally when they start."""

from multiprocessing import Pool, Value
from multiprocessing.sharedctypes import Synchronized


shared: dict[str, "Synchronized[int]"] = {}


def remember(tally: "Synchronized[int]") -> None:
    shared["tally"] = tally


def add_plates(increments: int) -> None:
    """One chef's work: add 1 to the shared tally, `increments` times."""
    tally = shared["tally"]
    for _ in range(increments):
        with tally.get_lock():
            tally.value += 1


def count_up(processes: int, increments: int) -> int:
    """Let `processes` chefs add `increments` plates each; return what the tally says at the end."""
    tally = Value("i", 0)
    with Pool(processes, initializer=remember, initargs=(tally,)) as pool:
        pool.map(add_plates, [increments] * processes, chunksize=1)
    return tally.value


def main() -> None:
    """Five chefs add 1000 plates each."""
    print("plates:", count_up(processes=5, increments=1000))


if __name__ == "__main__":
    main()
