"""The audit adds the accounts up under the same lock as the transfer.

expect: 200
"""

from multiprocessing import Array, Process, Value


def transfer(accounts):
    with accounts.get_lock():
        accounts[0] -= 10
        accounts[1] += 10


def audit(accounts, total):
    with accounts.get_lock():
        total.value = accounts[0] + accounts[1]


def program():
    accounts, total = Array("i", [100, 100]), Value("i", 0)
    workers = [
        Process(target=transfer, args=(accounts,)),
        Process(target=audit, args=(accounts, total)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return total.value


if __name__ == "__main__":
    print(program())
