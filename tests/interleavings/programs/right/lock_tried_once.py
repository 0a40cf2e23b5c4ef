"""Who does not get the lock at once notes that and goes home; both outcomes are right.

expect: [2, 0]
expect: [1, 1]
"""

from multiprocessing import Lock, Process, Value


def try_it(lock, got, missed):
    if lock.acquire(block=False):
        got.value += 1
        lock.release()
    else:
        with missed.get_lock():
            missed.value += 1


def program():
    lock = Lock()
    got, missed = Value("i", 0), Value("i", 0)
    workers = [Process(target=try_it, args=(lock, got, missed)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [got.value, missed.value]


if __name__ == "__main__":
    print(program())
