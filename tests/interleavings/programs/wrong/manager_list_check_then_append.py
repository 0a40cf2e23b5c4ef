"""Two processes append a name to a manager's list if it is not there yet: both may find it missing.

expect: ["ada"]
finding: wrong-result
"""

from multiprocessing import Manager, Process


def register(guests, name):
    if name not in guests:
        guests.append(name)


def program():
    with Manager() as manager:
        guests = manager.list()
        workers = [Process(target=register, args=(guests, "ada")) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return list(guests)


if __name__ == "__main__":
    print(program())
