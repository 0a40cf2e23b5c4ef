"""Two threads of a worker add to a global counter under a lock of threads.

expect: 2
"""

import threading
import time
from multiprocessing import Process, Value

count = 0
lock = threading.Lock()


def add():
    global count
    with lock:
        current = count
        time.sleep(0.001)
        count = current + 1


def work(result):
    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.value = count


def program():
    result = Value("i", 0)
    worker = Process(target=work, args=(result,))
    worker.start()
    worker.join()
    return result.value


if __name__ == "__main__":
    print(program())
