"""The barrier counts the main process too, which never comes to it.

expect: 2
finding: deadlock
"""

from multiprocessing import Barrier, Process, Value


def meet(barrier, passed):
    barrier.wait()
    with passed.get_lock():
        passed.value += 1


def program():
    barrier = Barrier(3)
    passed = Value("i", 0)
    workers = [Process(target=meet, args=(barrier, passed)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return passed.value


if __name__ == "__main__":
    print(program())
