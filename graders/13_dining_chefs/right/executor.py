"""The chefs are workers of a ProcessPoolExecutor, which get the shared objects when they start."""

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Array, Lock


def eat(chef, using, eaten, pause):
    left, right = chef, (chef + 1) % len(using)
    using[left] = using[right] = chef
    time.sleep(pause)
    if using[left] == using[right] == chef:
        eaten[chef] += 1


shared = {}


def remember(knives, using, eaten):
    shared.update(knives=knives, using=using, eaten=eaten)


def sit(chef, meals, pause):
    using = shared["using"]
    first, second = sorted((chef, (chef + 1) % len(using)))
    for _ in range(meals):
        with shared["knives"][first], shared["knives"][second]:
            eat(chef, using, shared["eaten"], pause)


def dine(meals: list[int], pause: float = 0.0) -> list[int]:
    chefs = len(meals)
    using, eaten = Array("i", [-1] * chefs), Array("i", chefs)
    knives = [Lock() for _ in range(chefs)]
    with ProcessPoolExecutor(chefs, initializer=remember, initargs=(knives, using, eaten)) as executor:
        for chef in [executor.submit(sit, chef, meals[chef], pause) for chef in range(chefs)]:
            chef.result()
    return eaten[:]
