"""Two transfers in opposite directions change the same two accounts without a lock.

expect: [100, 100]
finding: wrong-result
"""


class State:
    def __init__(self):
        self.accounts = [100, 100]


def transfer(state, source, target):
    taken = state.accounts[source]
    state.accounts[source] = taken - 10
    given = state.accounts[target]
    state.accounts[target] = given + 10


def there(state):
    transfer(state, 0, 1)


def back(state):
    transfer(state, 1, 0)


def make():
    return State()


THREADS = (there, back)


def check(state):
    return state.accounts == [100, 100]
