"""`acquire` with a time-out is tried until it says that the lock was got.

expect: 2
"""

from multiprocessing import Lock, Process, Value


def add(counter, lock):
    while not lock.acquire(timeout=0.01):
        pass
    try:
        counter.value += 1
    finally:
        lock.release()


def program():
    counter, lock = Value("i", 0), Lock()
    workers = [Process(target=add, args=(counter, lock)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
