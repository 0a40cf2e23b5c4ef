"""A function that holds the lock calls one that takes it too, and the lock is reentrant.

expect: 1
"""

from multiprocessing import Process, RLock, Value


def deposit(balance, lock):
    with lock:
        balance.value += 1


def deposit_if_poor(balance, lock):
    with lock:
        if balance.value < 1:
            deposit(balance, lock)


def program():
    balance, lock = Value("i", 0), RLock()
    workers = [Process(target=deposit_if_poor, args=(balance, lock)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return balance.value


if __name__ == "__main__":
    print(program())
