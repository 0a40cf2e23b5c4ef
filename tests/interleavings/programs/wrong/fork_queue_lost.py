"""A forked child puts into a queue and leaves by `os._exit`, perhaps before the queue's thread has
written it.

expect: "hello"
finding: deadlock
"""

import os
from multiprocessing import Queue


def program():
    queue = Queue()
    child = os.fork()
    if child == 0:
        queue.put("hello")
        os._exit(0)
    os.waitpid(child, 0)
    return queue.get()


if __name__ == "__main__":
    print(program())
