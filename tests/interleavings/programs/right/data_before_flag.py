"""The data are written before the flag is raised.

expect: 42
"""

import time
from multiprocessing import Process, Value


def publish(ready, data):
    data.value = 42
    ready.value = 1


def program():
    ready, data = Value("i", 0), Value("i", 0)
    publisher = Process(target=publish, args=(ready, data))
    publisher.start()
    while not ready.value:
        time.sleep(0.001)
    result = data.value
    publisher.join()
    return result


if __name__ == "__main__":
    print(program())
