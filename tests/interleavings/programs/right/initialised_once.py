"""Checked before the lock and again inside; the flag is raised last.

expect: 1
"""

from multiprocessing import Lock, Process, Value


def use(lock, ready, times):
    if not ready.value:
        with lock:
            if not ready.value:
                times.value += 1
                ready.value = 1


def program():
    lock = Lock()
    ready, times = Value("i", 0), Value("i", 0)
    workers = [Process(target=use, args=(lock, ready, times)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return times.value


if __name__ == "__main__":
    print(program())
