"""The lock is held while the counter is read, but not any more when the new value is written.

expect: 4
finding: wrong-result
"""

from multiprocessing import Lock, Process, Value


def add(counter, lock):
    for _ in range(2):
        with lock:
            current = counter.value
        counter.value = current + 1


def program():
    counter = Value("i", 0)
    lock = Lock()
    workers = [Process(target=add, args=(counter, lock)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
