"""A worker may fail while it holds the lock, but `with` gives it back.

expect: 0
expect: 5
"""

from multiprocessing import Lock, Process, Value


def divide(lock, people, share):
    try:
        with lock:
            share.value = 10 // people.value
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
