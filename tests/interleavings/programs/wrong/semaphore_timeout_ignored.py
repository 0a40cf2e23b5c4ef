"""The worker goes on when `acquire` has given up, as if it had the semaphore.

expect: 2
finding: wrong-result
"""

from multiprocessing import Process, Semaphore, Value


def add(counter, gate):
    gate.acquire(timeout=0.01)
    counter.value += 1
    gate.release()


def program():
    counter = Value("i", 0)
    gate = Semaphore(1)
    workers = [Process(target=add, args=(counter, gate)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
