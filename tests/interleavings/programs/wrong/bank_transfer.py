"""Two transfers in opposite directions change the same two accounts without a lock.

expect: [100, 100]
finding: wrong-result
"""

from multiprocessing import Array, Process


def transfer(accounts, source, target, amount):
    accounts[source] -= amount
    accounts[target] += amount


def program():
    accounts = Array("i", [100, 100])
    workers = [
        Process(target=transfer, args=(accounts, 0, 1, 10)),
        Process(target=transfer, args=(accounts, 1, 0, 10)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return accounts[:]


if __name__ == "__main__":
    print(program())
