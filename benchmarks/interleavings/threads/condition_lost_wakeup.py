"""The waiter waits without asking whether the news is there already: a notification before that is lost.

expect: true
finding: deadlock
"""

import threading


class State:
    def __init__(self):
        self.condition = threading.Condition()
        self.woken = False


def wait_for_news(state):
    with state.condition:
        state.condition.wait()
        state.woken = True


def tell(state):
    with state.condition:
        state.condition.notify()


def make():
    return State()


THREADS = (wait_for_news, tell)


def check(state):
    return state.woken
