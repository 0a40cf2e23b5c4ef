"""The chefs are workers of a ProcessPoolExecutor, which get the shared objects when they start."""

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Array, Lock


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


shared = {}


def remember(knives, table):
    shared.update(knives=knives, table=table)


def sit(chef, meals, pause):
    table = shared["table"]
    first, second = sorted((chef, (chef + 1) % len(table.using)))
    for _ in range(meals):
        with shared["knives"][first], shared["knives"][second]:
            table.eat(chef, pause)


def dine(meals: list[int], pause: float = 0.0) -> tuple[list[int], int]:
    chefs = len(meals)
    table = Table(chefs)
    knives = [Lock() for _ in range(chefs)]
    with ProcessPoolExecutor(chefs, initializer=remember, initargs=(knives, table)) as executor:
        for chef in [executor.submit(sit, chef, meals[chef], pause) for chef in range(chefs)]:
            chef.result()
    return table.eaten[:], max(table.company)
