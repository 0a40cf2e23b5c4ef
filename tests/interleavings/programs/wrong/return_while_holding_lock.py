"""A worker that finds nothing to do returns without releasing the lock.

expect: 1
finding: deadlock
"""

from multiprocessing import Lock, Process, Value


def take(lock, stock, taken):
    lock.acquire()
    if stock.value == 0:
        return
    stock.value -= 1
    taken.value += 1
    lock.release()


def program():
    lock = Lock()
    stock, taken = Value("i", 1), Value("i", 0)
    workers = [Process(target=take, args=(lock, stock, taken)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return taken.value


if __name__ == "__main__":
    print(program())
