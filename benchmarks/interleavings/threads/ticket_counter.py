"""Each thread draws the next number in two steps: two may draw the same one.

expect: [0, 1, 2]
finding: wrong-result
"""


class State:
    def __init__(self):
        self.following = 0
        self.drawn = []


def draw(state):
    ticket = state.following
    state.following = ticket + 1
    state.drawn.append(ticket)


def make():
    return State()


THREADS = (draw, draw, draw)


def check(state):
    return sorted(state.drawn) == [0, 1, 2]
