"""Two processes write to different keys of a manager's dict.

expect: {"ada": 1, "bob": 2}
"""

from multiprocessing import Manager, Process


def write(stock, key, number):
    stock[key] = number


def program():
    with Manager() as manager:
        stock = manager.dict()
        workers = [Process(target=write, args=(stock, key, n)) for key, n in (("ada", 1), ("bob", 2))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return dict(sorted(stock.items()))


if __name__ == "__main__":
    print(program())
