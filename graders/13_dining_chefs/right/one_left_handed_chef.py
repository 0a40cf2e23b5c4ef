"""The last chef takes the right knife first, which breaks the circle."""

import time
from multiprocessing import Array, Lock, Process


def eat(chef, using, eaten, pause):
    left, right = chef, (chef + 1) % len(using)
    using[left] = using[right] = chef
    time.sleep(pause)
    if using[left] == using[right] == chef:
        eaten[chef] += 1


def sit(chef, meals, knives, using, eaten, pause):
    left, right = chef, (chef + 1) % len(using)
    first, second = (right, left) if chef == len(using) - 1 else (left, right)
    for _ in range(meals):
        knives[first].acquire()
        try:
            with knives[second]:
                eat(chef, using, eaten, pause)
        finally:
            knives[first].release()


def dine(meals: list[int], pause: float = 0.0) -> list[int]:
    chefs = len(meals)
    using, eaten = Array("i", [-1] * chefs), Array("i", chefs)
    knives = [Lock() for _ in range(chefs)]
    table = [Process(target=sit, args=(i, meals[i], knives, using, eaten, pause)) for i in range(chefs)]
    for process in table:
        process.start()
    for process in table:
        process.join()
    return eaten[:]
