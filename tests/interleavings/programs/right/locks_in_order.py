"""Two processes take the same two locks in the same order.

expect: 2
"""

from multiprocessing import Lock, Process, Value


def work(first, second, done):
    with first:
        with second:
            done.value += 1


def program():
    left, right = Lock(), Lock()
    done = Value("i", 0)
    workers = [Process(target=work, args=(left, right, done)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return done.value


if __name__ == "__main__":
    print(program())
