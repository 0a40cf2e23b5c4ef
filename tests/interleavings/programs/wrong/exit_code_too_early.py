"""The exit code is read before the process was joined, when it may still be None.

expect: 0
finding: wrong-result
"""

from multiprocessing import Process


def work():
    pass


def program():
    worker = Process(target=work)
    worker.start()
    code = worker.exitcode
    worker.join()
    return code


if __name__ == "__main__":
    print(program())
