"""Even chefs take the left knife first, odd ones the right one: no circle, whatever their number."""

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
    order = (left, right) if chef % 2 == 0 else (right, left)
    for _ in range(meals):
        for knife in order:
            knives[knife].acquire()
        eat(chef, using, eaten, pause)
        for knife in order:
            knives[knife].release()


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
