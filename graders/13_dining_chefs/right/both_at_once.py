"""A Condition over the whole table: a chef takes both knives in one step, when both are there."""

import time
from multiprocessing import Array, Condition, Process


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


def sit(chef, meals, free, taken, table, pause):
    left, right = chef, (chef + 1) % len(table.using)
    for _ in range(meals):
        with free:
            free.wait_for(lambda: not taken[left] and not taken[right])
            taken[left] = taken[right] = 1
        table.eat(chef, pause)
        with free:
            taken[left] = taken[right] = 0
            free.notify_all()


def dine(meals: list[int], pause: float = 0.0) -> tuple[list[int], int]:
    chefs = len(meals)
    table = Table(chefs)
    free, taken = Condition(), Array("i", chefs)
    processes = [Process(target=sit, args=(i, meals[i], free, taken, table, pause)) for i in range(chefs)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return table.eaten[:], max(table.company)
