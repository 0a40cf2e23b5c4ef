"""Two threads take the same two locks in opposite order.

expect: 2
finding: deadlock
"""

import threading


class State:
    def __init__(self):
        self.left = threading.Lock()
        self.right = threading.Lock()
        self.done = 0


def left_first(state):
    with state.left, state.right:
        state.done += 1


def right_first(state):
    with state.right, state.left:
        state.done += 1


def make():
    return State()


THREADS = (left_first, right_first)


def check(state):
    return state.done == 2
