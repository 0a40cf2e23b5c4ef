"""The value has a plain lock of its own; what parts the processes is a second lock.

expect: 2
"""

from multiprocessing import Lock, Process, Value


def add(counter, lock):
    with lock:
        counter.value += 1


def program():
    counter, lock = Value("i", 0, lock=Lock()), Lock()
    workers = [Process(target=add, args=(counter, lock)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
