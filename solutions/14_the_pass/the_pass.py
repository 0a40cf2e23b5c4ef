"""14 the_pass: cooks lay dishes on a pass with few places, runners carry them away.

Run it with `python3 the_pass.py`; check it with `chefs check 14`.
"""

import time
from itertools import accumulate
from multiprocessing import Array, Condition, Process, Value
from multiprocessing.sharedctypes import SynchronizedArray

NOTHING = 0


class Shelf:
    """Some places in a row, first in, first out (given). It guards nothing: that is what Pass is for."""

    def __init__(self, places: int) -> None:
        self.places = places
        self._dishes = Array("i", [NOTHING] * places)
        self._first, self._count, self._most = Value("i", 0), Value("i", 0), Value("i", 0)

    @property
    def count(self) -> int:
        """How many dishes stand on it."""
        return self._count.value

    @property
    def most(self) -> int:
        """How many dishes stood on it at most."""
        return self._most.value

    def lay(self, dish: int) -> None:
        """Lay a dish on the next place; on a full shelf it falls on another dish."""
        count = self.count
        self._dishes[(self._first.value + count) % self.places] = dish
        self._count.value = count + 1
        self._most.value = max(self.most, count + 1)

    def lift(self) -> int:
        """Lift the dish that has stood there longest; from an empty shelf that is NOTHING."""
        first = self._first.value
        dish, self._dishes[first] = self._dishes[first], NOTHING
        self._first.value = (first + 1) % self.places
        self._count.value -= 1
        return dish


class Pass:
    """The pass between the kitchen and the room: a shelf, and the waiting for it."""

    def __init__(self, places: int) -> None:
        self.shelf = Shelf(places)
        # Task 1: make what cooks and runners wait with.
        ### BEGIN SOLUTION
        self.changed = Condition()
        ### END SOLUTION

    def put(self, dish: int) -> None:
        """A cook lays a dish on the shelf, and waits for as long as it is full."""
        # Task 2: wait until there is room, lay the dish, and tell those who wait.
        ### BEGIN SOLUTION
        with self.changed:
            while self.shelf.count == self.shelf.places:
                self.changed.wait()
            self.shelf.lay(dish)
            self.changed.notify_all()
        ### END SOLUTION

    def take(self) -> int:
        """A runner lifts a dish from the shelf, and waits for as long as there is none."""
        # Task 3: wait until there is a dish, lift it, and tell those who wait.
        ### BEGIN SOLUTION
        with self.changed:
            while self.shelf.count == 0:
                self.changed.wait()
            dish = self.shelf.lift()
            self.changed.notify_all()
        return dish
        ### END SOLUTION


def cook(the_pass: Pass, dishes: list[int], pause: float) -> None:
    """A cook's process (given): each dish takes `pause` seconds."""
    for dish in dishes:
        time.sleep(pause)
        the_pass.put(dish)


def run(the_pass: Pass, trays: "SynchronizedArray[int]", mine: range, pause: float) -> None:
    """A runner's process (given): a dish for each of its trays; each way takes `pause` seconds."""
    for tray in mine:
        trays[tray] = the_pass.take()
        time.sleep(pause)


def serve(
    menus: list[list[int]], carried: list[int], places: int, cooking: float = 0.0, carrying: float = 0.0
) -> tuple[list[list[int]], int]:
    """An evening (given): a cook for each menu, a runner for each number of dishes to be carried.

    Returns what each runner has carried, in order, and how many dishes stood on the pass at most.
    """
    the_pass, trays = Pass(places), Array("i", sum(carried))
    shares = [range(end - number, end) for number, end in zip(carried, accumulate(carried), strict=True)]
    staff = [Process(target=cook, args=(the_pass, menu, cooking)) for menu in menus]
    staff += [Process(target=run, args=(the_pass, trays, share, carrying)) for share in shares]
    for process in staff:
        process.start()
    for process in staff:
        process.join()
    return [trays[share.start : share.stop] for share in shares], the_pass.shelf.most


def main() -> None:
    """Two cooks, two runners, and room for two dishes."""
    print(serve([[1, 2, 3], [11, 12, 13]], [2, 4], places=2, cooking=0.05, carrying=0.1))


if __name__ == "__main__":
    main()
