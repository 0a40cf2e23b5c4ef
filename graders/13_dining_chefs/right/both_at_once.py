"""A Condition over the whole table: a chef takes both knives in one step, when both are there."""

import time
from multiprocessing import Array, Condition, Process


def eat(chef, using, eaten, pause):
    left, right = chef, (chef + 1) % len(using)
    using[left] = using[right] = chef
    time.sleep(pause)
    if using[left] == using[right] == chef:
        eaten[chef] += 1


def sit(chef, meals, table, taken, using, eaten, pause):
    left, right = chef, (chef + 1) % len(using)
    for _ in range(meals):
        with table:
            table.wait_for(lambda: not taken[left] and not taken[right])
            taken[left] = taken[right] = 1
        eat(chef, using, eaten, pause)
        with table:
            taken[left] = taken[right] = 0
            table.notify_all()


def dine(meals: list[int], pause: float = 0.0) -> list[int]:
    chefs = len(meals)
    using, eaten = Array("i", [-1] * chefs), Array("i", chefs)
    table, taken = Condition(), Array("i", chefs)
    processes = [
        Process(target=sit, args=(i, meals[i], table, taken, using, eaten, pause)) for i in range(chefs)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return eaten[:]
