"""Tasks of an executor add to a shared value under its lock.

expect: 2
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Value

counter = None


def prepare(shared):
    global counter
    counter = shared


def add(_):
    with counter.get_lock():
        counter.value += 1


def program():
    shared = Value("i", 0)
    with ProcessPoolExecutor(max_workers=2, initializer=prepare, initargs=(shared,)) as executor:
        list(executor.map(add, range(2)))
    return shared.value


if __name__ == "__main__":
    print(program())
