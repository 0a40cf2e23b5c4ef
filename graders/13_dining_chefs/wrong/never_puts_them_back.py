"""acquire without release: the neighbours wait for ever.

caught-by: test_five_chefs_in_any_order
says: An orphaned lock
may-fail: test_everybody_eats, test_each_chef_is_a_process, test_waiting_is_free, test_two_chefs_in_any_order, test_leaves_nothing
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
        knives[min(left, right)].acquire()
        knives[max(left, right)].acquire()
        table.eat(chef, pause)


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
