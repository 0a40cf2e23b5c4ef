"""Reading and writing are both done under the lock, but in two sections.

expect: 3
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
    with state.lock:
        state.counter = current + 1


def make():
    return State()


THREADS = (add, add, add)


def check(state):
    return state.counter == 3
