"""Two processes add to a shared counter under its own lock.

expect: 4
"""

from multiprocessing import Process, Value


def add(counter):
    for _ in range(2):
        with counter.get_lock():
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
