"""A context manager starts workers and joins them in any case.

expect: 3
"""

import contextlib
from multiprocessing import Process, Value


@contextlib.contextmanager
def workers(count, target, *args):
    started = [Process(target=target, args=args) for _ in range(count)]
    for worker in started:
        worker.start()
    try:
        yield
    finally:
        for worker in started:
            worker.join()


def add(counter):
    with counter.get_lock():
        counter.value += 1


def program():
    counter = Value("i", 0)
    with workers(2, add, counter):
        add(counter)
    return counter.value


if __name__ == "__main__":
    print(program())
