"""Each process makes a lock of its own, so that no process ever waits for another.

expect: 4
finding: wrong-result
"""

from multiprocessing import Lock, Process, Value


def add(counter):
    lock = Lock()
    for _ in range(2):
        with lock:
            counter.value += 1


def program():
    counter = Value("i", 0)
    workers = [Process(target=add, args=(counter,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
