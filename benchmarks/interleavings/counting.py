"""The program that throughput.py runs: two processes add to a shared value without a lock."""

from multiprocessing import Process, Value


def add(counter, times):
    """Add 1 a number of times; each time is two steps, a read and a write."""
    for _ in range(times):
        counter.value += 1


def program(times):
    """What is left of 2 * times additions."""
    counter = Value("i", 0)
    workers = [Process(target=add, args=(counter, times)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value
