"""All take the left knife, and then all the right one, without locks: nobody has both, so no meal counts.

caught-by: test_everybody_eats
says: two chefs had that knife
may-fail: test_each_chef_is_a_process, test_two_eat_at_once, test_waiting_is_free, test_two_chefs_in_any_order, test_five_chefs_in_any_order, test_leaves_nothing
"""

import threading
import time
from contextlib import suppress
from multiprocessing import Array, Barrier, Process


class Table:
    def __init__(self, chefs):
        self.using = Array("i", [-1] * chefs)
        self.eaten = Array("i", chefs)
        self.company = Array("i", chefs)
        self.step = Barrier(chefs)

    def take(self, knife, chef):
        self.using[knife] = chef
        with suppress(threading.BrokenBarrierError):
            self.step.wait(0.5)

    def eat(self, chef, pause):
        left, right = chef, (chef + 1) % len(self.using)
        self.take(left, chef)
        self.take(right, chef)
        time.sleep(pause)
        self.company[chef] = max(self.company[chef], len(set(self.using[:]) - {-1}))
        if self.using[left] == self.using[right] == chef:
            self.eaten[chef] += 1


def sit(chef, meals, table, pause):
    for _ in range(meals):
        table.eat(chef, pause)


def dine(meals: list[int], pause: float = 0.0) -> tuple[list[int], int]:
    table = Table(len(meals))
    party = [Process(target=sit, args=(chef, meals[chef], table, pause)) for chef in range(len(meals))]
    for process in party:
        process.start()
    for process in party:
        process.join()
    return table.eaten[:], max(table.company)
