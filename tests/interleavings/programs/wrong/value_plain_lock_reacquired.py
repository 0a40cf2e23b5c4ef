"""The value was made with a plain lock: held by `with`, it is wanted again by `.value` itself.

expect: 2
finding: deadlock
"""

from multiprocessing import Lock, Process, Value


def add(counter):
    with counter.get_lock():
        counter.value += 1


def program():
    counter = Value("i", 0, lock=Lock())
    workers = [Process(target=add, args=(counter,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
