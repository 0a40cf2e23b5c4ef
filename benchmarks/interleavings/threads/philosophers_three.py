"""Three philosophers each take the left fork first.

expect: [1, 1, 1]
finding: deadlock
"""

import threading


class State:
    def __init__(self):
        self.forks = [threading.Lock() for _ in range(3)]
        self.meals = [0, 0, 0]


def dine(state, number):
    with state.forks[number], state.forks[(number + 1) % 3]:
        state.meals[number] += 1


def first(state):
    dine(state, 0)


def second(state):
    dine(state, 1)


def third(state):
    dine(state, 2)


def make():
    return State()


THREADS = (first, second, third)


def check(state):
    return state.meals == [1, 1, 1]
