"""Two processes add to a RawValue under a lock.

expect: 4
"""

from multiprocessing import Lock, Process
from multiprocessing.sharedctypes import RawValue


def add(counter, lock):
    for _ in range(2):
        with lock:
            counter.value += 1


def program():
    counter, lock = RawValue("i", 0), Lock()
    workers = [Process(target=add, args=(counter, lock)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
