"""Each process adds up by itself and adds its sum to the total once, under the lock.

expect: 10
"""

from multiprocessing import Process, Value


def add_up(total, numbers):
    mine = sum(numbers)
    with total.get_lock():
        total.value += mine


def program():
    total = Value("i", 0)
    workers = [Process(target=add_up, args=(total, numbers)) for numbers in ((1, 2), (3, 4))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return total.value


if __name__ == "__main__":
    print(program())
