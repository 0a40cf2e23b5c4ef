"""Two threads of a worker read a global counter, let go of the processor and write it back.

expect: 2
finding: wrong-result
"""

import threading
import time
from multiprocessing import Process, Value

count = 0


def add():
    global count
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
