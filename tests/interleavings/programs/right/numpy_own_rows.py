"""Two processes write to different rows of a NumPy view of shared memory.

expect: [[1, 1], [2, 2]]
"""

from multiprocessing import Process, RawArray

import numpy as np


def view(memory):
    return np.frombuffer(memory, dtype=np.int32).reshape(2, 2)


def fill(memory, row):
    view(memory)[row] = row + 1


def program():
    memory = RawArray("i", 4)
    workers = [Process(target=fill, args=(memory, row)) for row in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return view(memory).tolist()


if __name__ == "__main__":
    print(program())
