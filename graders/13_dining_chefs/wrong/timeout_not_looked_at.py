"""After a second the chef eats anyway: what acquire returned is not looked at.

caught-by: test_two_chefs_in_any_order
says: two chefs had that knife
may-fail: test_five_chefs_in_any_order, test_everybody_eats, test_each_chef_is_a_process, test_waiting_is_free
"""

import time
from multiprocessing import Array, Lock, Process


class Table:
    def __init__(self, chefs):
        self.using = Array("i", [-1] * chefs)
        self.eaten = Array("i", chefs)
        self.company = Array("i", chefs)

    def eat(self, chef, pause):
        left, right = chef, (chef + 1) % len(self.using)
        self.using[left] = self.using[right] = chef
        time.sleep(pause)
        self.company[chef] = max(self.company[chef], len(set(self.using[:]) - {-1}))
        if self.using[left] == self.using[right] == chef:
            self.eaten[chef] += 1
        self.using[left] = self.using[right] = -1


def sit(chef, meals, knives, table, pause):
    left, right = chef, (chef + 1) % len(table.using)
    for _ in range(meals):
        with knives[left]:
            knives[right].acquire(timeout=1)
            table.eat(chef, pause)
            try:
                knives[right].release()
            except ValueError:
                pass


def dine(meals: list[int], pause: float = 0.0) -> tuple[list[int], int]:
    chefs = len(meals)
    table = Table(chefs)
    knives = [Lock() for _ in range(chefs)]
    party = [Process(target=sit, args=(i, meals[i], knives, table, pause)) for i in range(chefs)]
    for process in party:
        process.start()
    for process in party:
        process.join()
    return table.eaten[:], max(table.company)
