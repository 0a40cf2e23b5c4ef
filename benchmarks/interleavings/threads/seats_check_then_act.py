"""Two buyers look whether a seat is free and then take it under a lock: both may see the last one.

expect: 0
finding: wrong-result
"""

import threading


class State:
    def __init__(self):
        self.seats = 1
        self.lock = threading.Lock()


def buy(state):
    if state.seats > 0:
        with state.lock:
            state.seats -= 1


def make():
    return State()


THREADS = (buy, buy)


def check(state):
    return state.seats == 0
