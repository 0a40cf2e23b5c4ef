"""A semaphore counts the knives, whichever they are: not the two beside the chef, and all may hold one.

caught-by: test_everybody_eats
says: same ones
may-fail: test_each_chef_is_a_process, test_two_eat_at_once, test_waiting_is_free, test_no_order_of_steps_ends_in_a_deadlock, test_leaves_nothing
"""

import time
from multiprocessing import Array, Lock, Process, Semaphore


def eat(chef, using, eaten, pause):
    left, right = chef, (chef + 1) % len(using)
    using[left] = using[right] = chef
    time.sleep(pause)
    if using[left] == using[right] == chef:
        eaten[chef] += 1


def sit(chef, meals, knives, using, eaten, pause):
    for _ in range(meals):
        with knives, knives:
            eat(chef, using, eaten, pause)


def dine(meals: list[int], pause: float = 0.0) -> list[int]:
    chefs = len(meals)
    using, eaten = Array("i", [-1] * chefs), Array("i", chefs)
    knives = Semaphore(chefs)
    table = [Process(target=sit, args=(i, meals[i], knives, using, eaten, pause)) for i in range(chefs)]
    for process in table:
        process.start()
    for process in table:
        process.join()
    return eaten[:]
