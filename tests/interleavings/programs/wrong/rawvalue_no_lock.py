"""Two processes add to a RawValue, which has no lock at all.

expect: 4
finding: wrong-result
"""

from multiprocessing import Process
from multiprocessing.sharedctypes import RawValue


def add(counter):
    for _ in range(2):
        counter.value += 1


def program():
    counter = RawValue("i", 0)
    workers = [Process(target=add, args=(counter,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
