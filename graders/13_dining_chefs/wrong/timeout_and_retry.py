"""Whoever does not get the second knife in time puts the first one back and tries again: all in step, for ever.

caught-by: test_no_order_of_steps_ends_in_a_deadlock
says: livelock
"""

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
    for _ in range(meals):
        while True:
            with knives[left]:
                if knives[right].acquire(timeout=0.01):
                    eat(chef, using, eaten, pause)
                    knives[right].release()
                    break


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
