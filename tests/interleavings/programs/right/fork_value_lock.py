"""Parent and forked child both add to a shared value under its lock.

expect: 4
"""

import os
from multiprocessing import Value


def add(counter):
    for _ in range(2):
        with counter.get_lock():
            counter.value += 1


def program():
    counter = Value("i", 0)
    child = os.fork()
    if child == 0:
        add(counter)
        os._exit(0)
    add(counter)
    os.waitpid(child, 0)
    return counter.value


if __name__ == "__main__":
    print(program())
