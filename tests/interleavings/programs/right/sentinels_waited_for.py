"""The main process waits for the sentinels of two processes and joins each that has ended.

expect: [0, 0]
"""

from multiprocessing import Process
from multiprocessing.connection import wait


def work():
    pass


def program():
    workers = [Process(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    running = {worker.sentinel: worker for worker in workers}
    while running:
        for sentinel in wait(list(running)):
            running.pop(sentinel).join()
    return [worker.exitcode for worker in workers]


if __name__ == "__main__":
    print(program())
