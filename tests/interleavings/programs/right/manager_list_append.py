"""Two processes append to a manager's list, which is one call; the order does not matter.

expect: [1, 2]
"""

from multiprocessing import Manager, Process


def add(numbers, number):
    numbers.append(number)


def program():
    with Manager() as manager:
        numbers = manager.list()
        workers = [Process(target=add, args=(numbers, number)) for number in (1, 2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return sorted(numbers)


if __name__ == "__main__":
    print(program())
