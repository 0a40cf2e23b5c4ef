"""A worker fails between `acquire` and `release`, the failure is caught further out, and the lock stays
taken.

expect: 5
finding: deadlock
"""

from multiprocessing import Lock, Process, Value


def divide(lock, people, share):
    try:
        lock.acquire()
        share.value = 10 // people.value
        lock.release()
    except ZeroDivisionError:
        pass


def program():
    lock = Lock()
    people, share = Value("i", 0), Value("i", 0)
    worker = Process(target=divide, args=(lock, people, share))
    worker.start()
    people.value = 2
    worker.join()
    with lock:
        return share.value


if __name__ == "__main__":
    print(program())
