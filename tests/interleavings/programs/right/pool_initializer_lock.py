"""The pool's workers get a shared value by their initializer and add to it under its lock.

expect: 3
"""

from multiprocessing import Pool, Value

counter = None


def prepare(shared):
    global counter
    counter = shared


def add(amount):
    with counter.get_lock():
        counter.value += amount


def program():
    shared = Value("i", 0)
    with Pool(2, initializer=prepare, initargs=(shared,)) as pool:
        pool.map(add, [1, 2], chunksize=1)
        pool.close()
        pool.join()
    return shared.value


if __name__ == "__main__":
    print(program())
