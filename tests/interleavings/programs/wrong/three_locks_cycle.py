"""Three processes each hold one of three locks and want the next one's.

expect: 3
finding: deadlock
"""

from multiprocessing import Lock, Process, Value


def work(mine, next_one, done):
    mine.acquire()
    next_one.acquire()
    with done.get_lock():
        done.value += 1
    next_one.release()
    mine.release()


def program():
    locks = [Lock() for _ in range(3)]
    done = Value("i", 0)
    workers = [Process(target=work, args=(locks[i], locks[(i + 1) % 3], done)) for i in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return done.value


if __name__ == "__main__":
    print(program())
