"""Checked before and inside the lock, but the flag is raised before the value is there: the other skips
the lock.

expect: [42, 42]
finding: wrong-result
"""

from multiprocessing import Array, Lock, Process, Value


def use(me, lock, ready, config, seen):
    if not ready.value:
        with lock:
            if not ready.value:
                ready.value = 1
                config.value = 42
    seen[me] = config.value


def program():
    lock = Lock()
    ready, config = Value("i", 0), Value("i", 0)
    seen = Array("i", 2)
    workers = [Process(target=use, args=(me, lock, ready, config, seen)) for me in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return seen[:]


if __name__ == "__main__":
    print(program())
