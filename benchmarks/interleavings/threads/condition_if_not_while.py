"""A woken consumer does not look again whether there is stock: another may have taken it, and stock goes
below 0.

expect: 0
finding: wrong-result
"""

import threading


class State:
    def __init__(self):
        self.condition = threading.Condition()
        self.stock = 0
        self.lowest = 0


def consume(state):
    with state.condition:
        if state.stock == 0:
            state.condition.wait()
        state.stock -= 1
        state.lowest = min(state.lowest, state.stock)


def produce(state):
    for _ in range(2):
        with state.condition:
            state.stock += 1
            state.condition.notify()


def make():
    return State()


THREADS = (consume, consume, produce)


def check(state):
    return state.stock == 0 and state.lowest == 0
