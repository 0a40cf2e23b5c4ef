"""Each process compares its result with the best so far and then writes it: a worse one may overwrite a
better one.

expect: 9
finding: wrong-result
"""

from multiprocessing import Process, Value


def offer(best, result):
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
