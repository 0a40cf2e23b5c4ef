"""A daemon wakes everybody now and then, in case that news was missed; nobody ever ends it.

caught-by: test_leaves_nothing
says: a running process
may-fail: test_waiting_is_free, test_one_place_in_any_order, test_two_places_in_any_order
"""

import time
from itertools import accumulate
from multiprocessing import Array, Condition, Process, Value
from multiprocessing.sharedctypes import SynchronizedArray

NOTHING = 0


class Shelf:
    def __init__(self, places: int) -> None:
        self.places = places
        self._dishes = Array("i", [NOTHING] * places)
        self._first, self._count, self._most = Value("i", 0), Value("i", 0), Value("i", 0)

    @property
    def count(self) -> int:
        return self._count.value

    @property
    def most(self) -> int:
        return self._most.value

    def lay(self, dish: int) -> None:
        count = self.count
        self._dishes[(self._first.value + count) % self.places] = dish
        self._count.value = count + 1
        self._most.value = max(self.most, count + 1)

    def lift(self) -> int:
        first = self._first.value
        dish, self._dishes[first] = self._dishes[first], NOTHING
        self._first.value = (first + 1) % self.places
        self._count.value -= 1
        return dish


class Pass:
    def __init__(self, places):
        self.shelf = Shelf(places)
        self.changed = Condition()
        Process(target=self.wake, daemon=True).start()

    def wake(self):
        while True:
            time.sleep(0.2)
            with self.changed:
                self.changed.notify_all()

    def put(self, dish):
        with self.changed:
            while self.shelf.count == self.shelf.places:
                self.changed.wait()
            self.shelf.lay(dish)
            self.changed.notify_all()

    def take(self):
        with self.changed:
            while self.shelf.count == 0:
                self.changed.wait()
            dish = self.shelf.lift()
            self.changed.notify_all()
        return dish


def cook(the_pass: Pass, dishes: list[int], pause: float) -> None:
    for dish in dishes:
        time.sleep(pause)
        the_pass.put(dish)


def run(the_pass: Pass, trays: "SynchronizedArray[int]", mine: range, pause: float) -> None:
    for tray in mine:
        trays[tray] = the_pass.take()
        time.sleep(pause)


def serve(
    menus: list[list[int]], carried: list[int], places: int, cooking: float = 0.0, carrying: float = 0.0
) -> tuple[list[list[int]], int]:
    the_pass, trays = Pass(places), Array("i", sum(carried))
    shares = [range(end - number, end) for number, end in zip(carried, accumulate(carried))]
    staff = [Process(target=cook, args=(the_pass, menu, cooking)) for menu in menus]
    staff += [Process(target=run, args=(the_pass, trays, share, carrying)) for share in shares]
    for process in staff:
        process.start()
    for process in staff:
        process.join()
    return [trays[share.start : share.stop] for share in shares], the_pass.shelf.most
