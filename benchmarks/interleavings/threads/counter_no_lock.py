"""Two threads add to a counter without a lock; reading and writing are two steps.

expect: 4
finding: wrong-result
"""


class State:
    def __init__(self):
        self.counter = 0


def add(state):
    for _ in range(2):
        current = state.counter
        state.counter = current + 1


def make():
    return State()


THREADS = (add, add)


def check(state):
    return state.counter == 4
