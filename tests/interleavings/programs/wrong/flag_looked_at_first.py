"""Each process looks at the other's flag before it raises its own: both may enter.

expect: 1
finding: wrong-result
"""

import time
from multiprocessing import Array, Process, Value


def enter(me, flags, inside, most):
    while flags[1 - me]:
        time.sleep(0.001)
    flags[me] = 1
    with inside.get_lock():
        inside.value += 1
        most.value = max(most.value, inside.value)
    with inside.get_lock():
        inside.value -= 1
    flags[me] = 0


def program():
    flags = Array("i", 2)
    inside, most = Value("i", 0), Value("i", 0)
    workers = [Process(target=enter, args=(me, flags, inside, most)) for me in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return most.value


if __name__ == "__main__":
    print(program())
