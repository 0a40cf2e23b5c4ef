"""Two processes add to an entry of a manager's dict under a lock of the manager's.

expect: {"eggs": 2}
"""

from multiprocessing import Manager, Process


def add(stock, lock):
    with lock:
        stock["eggs"] += 1


def program():
    with Manager() as manager:
        stock, lock = manager.dict(eggs=0), manager.Lock()
        workers = [Process(target=add, args=(stock, lock)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return dict(stock)


if __name__ == "__main__":
    print(program())
