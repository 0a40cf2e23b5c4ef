"""Each worker tells how it went by its exit code, which is read after the join.

expect: [0, 3]
"""

import sys
from multiprocessing import Process


def work(code):
    sys.exit(code)


def program():
    workers = [Process(target=work, args=(code,)) for code in (0, 3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [worker.exitcode for worker in workers]


if __name__ == "__main__":
    print(program())
