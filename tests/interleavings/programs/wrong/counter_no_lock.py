"""Two processes add to a shared counter; `+=` reads and writes in two steps and no lock holds them
together.

expect: 4
finding: wrong-result
"""

from multiprocessing import Process, Value


def add(counter):
    for _ in range(2):
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
