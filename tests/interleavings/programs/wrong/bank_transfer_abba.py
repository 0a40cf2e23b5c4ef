"""Each transfer locks the account it takes from first: two opposite ones wait for each other.

expect: [90, 110]
finding: deadlock
"""

from multiprocessing import Array, Lock, Process


def transfer(accounts, locks, source, target, amount):
    with locks[source]:
        with locks[target]:
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
