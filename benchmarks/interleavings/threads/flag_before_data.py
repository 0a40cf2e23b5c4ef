"""The flag is raised before the data are written; a reader that finds it raised takes data that are not
there yet.

expect: 42
finding: wrong-result
"""


class State:
    def __init__(self):
        self.ready = False
        self.data = 0
        self.seen = None


def publish(state):
    state.ready = True
    state.data = 42


def read(state):
    if state.ready:
        state.seen = state.data


def make():
    return State()


THREADS = (publish, read)


def check(state):
    return state.seen in (None, 42)
