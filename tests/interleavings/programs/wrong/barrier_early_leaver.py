"""A worker goes home when enough is done and does not come to the barrier, where the other still waits
for it.

expect: 4
finding: deadlock
"""

from multiprocessing import Barrier, Process, Value


def work(barrier, done):
    while True:
        if done.value >= 3:
            return
        with done.get_lock():
            done.value += 1
        barrier.wait()


def program():
    barrier = Barrier(2)
    done = Value("i", 0)
    workers = [Process(target=work, args=(barrier, done)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return done.value


if __name__ == "__main__":
    print(program())
