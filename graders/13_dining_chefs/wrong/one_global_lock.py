"""One lock for the whole table: nobody eats while another one does.

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


def sit(chef, meals, table_lock, using, eaten, pause):
    for _ in range(meals):
        with table_lock:
            eat(chef, using, eaten, pause)


def dine(meals: list[int], pause: float = 0.0) -> list[int]:
    chefs = len(meals)
    using, eaten = Array("i", [-1] * chefs), Array("i", chefs)
    table_lock = Lock()
    table = [Process(target=sit, args=(i, meals[i], table_lock, using, eaten, pause)) for i in range(chefs)]
    for process in table:
        process.start()
    for process in table:
        process.join()
    return eaten[:]
