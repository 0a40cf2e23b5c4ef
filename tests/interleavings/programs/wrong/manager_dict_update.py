"""Two processes add to an entry of a manager's dict: getting and setting are two calls.

expect: {"eggs": 2}
finding: wrong-result
"""

from multiprocessing import Manager, Process


def add(stock):
    stock["eggs"] += 1


def program():
    with Manager() as manager:
        stock = manager.dict(eggs=0)
        workers = [Process(target=add, args=(stock,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return dict(stock)


if __name__ == "__main__":
    print(program())
