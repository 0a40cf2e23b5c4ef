"""The main process joins with a time-out, and again as long as the worker lives.

expect: 0
"""

from multiprocessing import Process


def work():
    pass


def program():
    worker = Process(target=work)
    worker.start()
    while worker.is_alive():
        worker.join(timeout=0.01)
    return worker.exitcode


if __name__ == "__main__":
    print(program())
