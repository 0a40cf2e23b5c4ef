"""Transfers in opposite directions take the lock of the account with the lower number first.

expect: [90, 110]
"""

from multiprocessing import Array, Lock, Process


def transfer(accounts, locks, source, target, amount):
    low, high = sorted((source, target))
    with locks[low], locks[high]:
        accounts[source] -= amount
        accounts[target] += amount


def program():
    accounts = Array("i", [100, 100])
    locks = [Lock(), Lock()]
    workers = [
        Process(target=transfer, args=(accounts, locks, 0, 1, 30)),
        Process(target=transfer, args=(accounts, locks, 1, 0, 20)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return accounts[:]


if __name__ == "__main__":
    print(program())
