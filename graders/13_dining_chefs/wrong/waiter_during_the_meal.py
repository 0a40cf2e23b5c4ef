"""The knives have locks, but a waiter's lock is held during the whole meal.

caught-by: test_two_eat_at_once
says: one lock
"""

import time
from multiprocessing import Array, Lock, Process


def eat(chef, using, eaten, pause):
    left, right = chef, (chef + 1) % len(using)
    using[left] = using[right] = chef
    time.sleep(pause)
    if using[left] == using[right] == chef:
        eaten[chef] += 1


def sit(chef, meals, knives, waiter, using, eaten, pause):
    left, right = chef, (chef + 1) % len(using)
    for _ in range(meals):
        with waiter, knives[left], knives[right]:
            eat(chef, using, eaten, pause)


def dine(meals: list[int], pause: float = 0.0) -> list[int]:
    chefs = len(meals)
    using, eaten = Array("i", [-1] * chefs), Array("i", chefs)
    knives = [Lock() for _ in range(chefs)]
    waiter = Lock()
    table = [Process(target=sit, args=(i, meals[i], knives, waiter, using, eaten, pause)) for i in range(chefs)]
    for process in table:
        process.start()
    for process in table:
        process.join()
    return eaten[:]
