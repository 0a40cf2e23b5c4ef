"""Each process compares with the best so far and writes it under the lock.

expect: 9
"""

from multiprocessing import Process, Value


def offer(best, result):
    with best.get_lock():
        if result > best.value:
            best.value = result


def program():
    best = Value("i", 0)
    workers = [Process(target=offer, args=(best, result)) for result in (9, 5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return best.value


if __name__ == "__main__":
    print(program())
