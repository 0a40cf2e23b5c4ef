"""Works serially, beside processes that only burn time, to look like many.

against: speed
verdicts: test_two_cores_beat_one failed
holds: bwrap unshare landlock none
"""

import math
from multiprocessing import Process


def burn():
    while True:
        pass


def factorials(numbers):
    chefs = [Process(target=burn, daemon=True) for _ in range(3)]
    for chef in chefs:
        chef.start()
    result = [math.factorial(number) for number in numbers]
    for chef in chefs:
        chef.terminate()
        chef.join()
    return result
