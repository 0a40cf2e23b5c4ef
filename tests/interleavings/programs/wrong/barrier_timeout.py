"""The main process gives the other only so long to come to the barrier; a late one breaks it.

expect: 2
finding: exception
"""

import threading
from multiprocessing import Barrier, Process, Value


def meet(barrier, passed):
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        return
    with passed.get_lock():
        passed.value += 1


def program():
    barrier = Barrier(2)
    passed = Value("i", 0)
    worker = Process(target=meet, args=(barrier, passed))
    worker.start()
    try:
        barrier.wait(timeout=0.01)
    finally:
        worker.join()
    return passed.value + 1


if __name__ == "__main__":
    print(program())
