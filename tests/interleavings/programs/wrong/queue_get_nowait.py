"""The main process does not wait for the result but sleeps a little and takes what must be there by
then.

expect: "ready"
finding: exception
"""

import time
from multiprocessing import Process, Queue


def work(queue):
    queue.put("ready")


def program():
    queue = Queue()
    worker = Process(target=work, args=(queue,))
    worker.start()
    time.sleep(0.01)
    try:
        return queue.get_nowait()
    finally:
        worker.join()


if __name__ == "__main__":
    print(program())
