"""The lock is held while the counter is read, but not any more when the new value is written.

expect: 2
finding: wrong-result
"""

import threading


class State:
    def __init__(self):
        self.counter = 0
        self.lock = threading.Lock()


def add(state):
    with state.lock:
        current = state.counter
    state.counter = current + 1


def make():
    return State()


THREADS = (add, add)


def check(state):
    return state.counter == 2
