"""The check is made before the lock is taken and not again inside, so that two threads may both
initialise.

expect: 1
finding: wrong-result
"""

import threading


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.ready = False
        self.times = 0


def use(state):
    if not state.ready:
        with state.lock:
            state.times += 1
            state.ready = True


def make():
    return State()


THREADS = (use, use)


def check(state):
    return state.times == 1
