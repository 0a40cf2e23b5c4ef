"""A worker is terminated while it may hold the lock, which nobody gives back then.

expect: 0
expect: 1
finding: deadlock
"""

from multiprocessing import Lock, Process, RawValue


def work(lock, done):
    with lock:
        done.value += 1


def program():
    lock, done = Lock(), RawValue("i", 0)
    worker = Process(target=work, args=(lock, done))
    worker.start()
    worker.terminate()
    worker.join()
    with lock:
        return done.value


if __name__ == "__main__":
    print(program())
