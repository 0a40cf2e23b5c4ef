"""Two threads of a worker take two locks in opposite order.

expect: "done"
finding: deadlock
"""

import threading
from multiprocessing import Process


def use(first, second):
    with first:
        with second:
            pass


def work():
    left, right = threading.Lock(), threading.Lock()
    threads = [
        threading.Thread(target=use, args=(left, right)),
        threading.Thread(target=use, args=(right, left)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def program():
    worker = Process(target=work)
    worker.start()
    worker.join()
    return "done"


if __name__ == "__main__":
    print(program())
