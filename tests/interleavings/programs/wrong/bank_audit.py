"""Transfers are locked but the audit is not: it may add up accounts in the middle of one.

expect: 200
finding: wrong-result
"""

from multiprocessing import Array, Lock, Process, Value


def transfer(accounts, lock):
    with lock:
        accounts[0] -= 10
        accounts[1] += 10


def audit(accounts, total):
    total.value = accounts[0] + accounts[1]


def program():
    accounts = Array("i", [100, 100])
    lock, total = Lock(), Value("i", 0)
    workers = [
        Process(target=transfer, args=(accounts, lock)),
        Process(target=audit, args=(accounts, total)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return total.value


if __name__ == "__main__":
    print(program())
