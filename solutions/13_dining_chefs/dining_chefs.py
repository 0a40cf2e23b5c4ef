"""13 dining_chefs: chefs around a table, a knife between each two, and nobody eats with one knife.

Run it with `python3 dining_chefs.py`; check it with `chefs check 13`.
"""

import time
from multiprocessing import Array, Lock, Process, synchronize

NOBODY = -1


def knives_of(chef: int, chefs: int) -> tuple[int, int]:
    """The numbers of the knives to the left and to the right of a chef (given)."""
    return chef, (chef + 1) % chefs


class Table:
    """What the chefs share besides the knives' locks (given)."""

    def __init__(self, chefs: int) -> None:
        self.using = Array("i", [NOBODY] * chefs)  # for each knife: which chef uses it
        self.eaten = Array("i", chefs)  # for each chef: how many meals
        self.company = Array("i", chefs)  # for each chef: how many ate at the same time, at most

    def eat(self, chef: int, pause: float) -> None:
        """Eat for `pause` seconds. It counts only if nobody else uses one of the two knives meanwhile."""
        left, right = knives_of(chef, len(self.using))
        self.using[left] = self.using[right] = chef
        time.sleep(pause)
        self.company[chef] = max(self.company[chef], len(set(self.using[:]) - {NOBODY}))
        if self.using[left] == self.using[right] == chef:
            self.eaten[chef] += 1
        self.using[left] = self.using[right] = NOBODY


def sit(chef: int, meals: int, table: Table, knives: "list[synchronize.Lock]", pause: float) -> None:
    """One chef's evening, in a process of its own: eat `meals` times, each time with both knives."""
    left, right = knives_of(chef, len(knives))
    # Task 2: choose which of the two is taken first, so that chefs can never wait in a circle.
    ### BEGIN SOLUTION
    first, second = min(left, right), max(left, right)
    ### END SOLUTION
    # Task 3: for each meal, take both knives, eat, and put both back.
    ### BEGIN SOLUTION
    for _ in range(meals):
        with knives[first], knives[second]:
            table.eat(chef, pause)
    ### END SOLUTION


def dine(meals: list[int], pause: float = 0.0) -> tuple[list[int], int]:
    """Let chef i eat meals[i] times; there are two chefs or more.

    Returns how often each has eaten, and how many ate at the same time at most.
    """
    chefs = len(meals)
    table = Table(chefs)
    # Task 1: make one lock for each knife, start all the chefs, and wait for all of them.
    ### BEGIN SOLUTION
    knives = [Lock() for _ in range(chefs)]
    party = [Process(target=sit, args=(chef, meals[chef], table, knives, pause)) for chef in range(chefs)]
    for process in party:
        process.start()
    for process in party:
        process.join()
    ### END SOLUTION
    return table.eaten[:], max(table.company)


def main() -> None:
    """Five chefs eat three times each."""
    eaten, at_once = dine([3, 3, 3, 3, 3], pause=0.1)
    print("eaten:", eaten, "at the same time:", at_once)


if __name__ == "__main__":
    main()
