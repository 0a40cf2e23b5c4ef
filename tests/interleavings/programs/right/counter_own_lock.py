"""Three processes add to a shared counter under one lock that all of them were given.

expect: 3
"""

from multiprocessing import Lock, Process, Value


def add(counter, lock):
    lock.acquire()
    try:
        counter.value += 1
    finally:
        lock.release()


def program():
    counter, lock = Value("i", 0), Lock()
    workers = [Process(target=add, args=(counter, lock)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
