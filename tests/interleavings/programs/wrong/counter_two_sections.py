"""Reading and writing are both done under the lock, but in two sections: another process may come
between.

expect: 3
finding: wrong-result
"""

from multiprocessing import Lock, Process, Value


def add(counter, lock):
    with lock:
        current = counter.value
    new = current + 1
    with lock:
        counter.value = new


def program():
    counter = Value("i", 0)
    lock = Lock()
    workers = [Process(target=add, args=(counter, lock)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
