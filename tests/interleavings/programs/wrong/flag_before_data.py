"""The flag is raised before the data are written.

expect: 42
finding: wrong-result
"""

import time
from multiprocessing import Process, Value


def publish(ready, data):
    ready.value = 1
    data.value = 42


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
