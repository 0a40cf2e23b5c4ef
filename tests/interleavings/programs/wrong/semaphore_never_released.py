"""Two workers wait at a semaphore of 0, and the main process releases it only once.

expect: 2
finding: deadlock
"""

from multiprocessing import Process, Semaphore, Value


def work(ready, done):
    ready.acquire()
    with done.get_lock():
        done.value += 1


def program():
    ready = Semaphore(0)
    done = Value("i", 0)
    workers = [Process(target=work, args=(ready, done)) for _ in range(2)]
    for worker in workers:
        worker.start()
    ready.release()
    for worker in workers:
        worker.join()
    return done.value


if __name__ == "__main__":
    print(program())
