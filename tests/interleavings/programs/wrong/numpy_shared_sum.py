"""Two processes add to an element of a NumPy view of shared memory without a lock.

expect: 2
finding: wrong-result
"""

from multiprocessing import Process, RawArray

import numpy as np


def add(memory):
    numbers = np.frombuffer(memory, dtype=np.int32)
    old = numbers[0]
    numbers[0] = old + 1


def program():
    memory = RawArray("i", 1)
    workers = [Process(target=add, args=(memory,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return int(np.frombuffer(memory, dtype=np.int32)[0])


if __name__ == "__main__":
    print(program())
