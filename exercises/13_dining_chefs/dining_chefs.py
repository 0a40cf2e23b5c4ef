"""13 dining_chefs: chefs around a table, a knife between each two, and nobody eats with one knife.

Run it with `python3 dining_chefs.py`; check it with `chefs check 13`.
"""

import time
from multiprocessing import Array, Lock, Process, synchronize
from multiprocessing.sharedctypes import SynchronizedArray


def knives_of(chef: int, chefs: int) -> tuple[int, int]:
    """The numbers of the knives to the left and to the right of a chef (given)."""
    return chef, (chef + 1) % chefs


def eat(chef: int, using: "SynchronizedArray[int]", eaten: "SynchronizedArray[int]", pause: float) -> None:
    """Eat once (given). It counts only if nobody else uses one of the two knives meanwhile."""
    left, right = knives_of(chef, len(using))
    using[left] = using[right] = chef
    time.sleep(pause)
    if using[left] == using[right] == chef:
        eaten[chef] += 1


def sit(
    chef: int,
    meals: int,
    knives: "list[synchronize.Lock]",
    using: "SynchronizedArray[int]",
    eaten: "SynchronizedArray[int]",
    pause: float,
) -> None:
    """One chef's evening, in a process of its own: eat `meals` times, each time with both knives."""
    left, right = knives_of(chef, len(knives))
    # Task 2: choose which of the two is taken first, so that chefs can never wait in a circle.
    raise NotImplementedError("task 2: choose which of the two is taken first, so that chefs can never wait in a circle.")
    # Task 3: for each meal, take both knives, eat, and put both back.
    raise NotImplementedError("task 3: for each meal, take both knives, eat, and put both back.")


def dine(meals: list[int], pause: float = 0.0) -> list[int]:
    """Let chef i eat meals[i] times (there are two chefs or more); return how often each has eaten."""
    chefs = len(meals)
    using, eaten = Array("i", [-1] * chefs), Array("i", chefs)
    # Task 1: make one lock for each knife, start all the chefs, and wait for all of them.
    raise NotImplementedError("task 1: make one lock for each knife, start all the chefs, and wait for all of them.")
    return eaten[:]


def main() -> None:
    """Five chefs eat three times each."""
    print("eaten:", dine([3, 3, 3, 3, 3], pause=0.1))


if __name__ == "__main__":
    main()
