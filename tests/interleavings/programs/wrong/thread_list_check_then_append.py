"""Two threads of a worker look whether an item is in a list, pause and append it.

expect: ["milk"]
finding: wrong-result
"""

import threading
import time
from multiprocessing import Pipe, Process


def add(basket, item):
    if item not in basket:
        time.sleep(0.001)
        basket.append(item)


def work(writer):
    basket = []
    threads = [threading.Thread(target=add, args=(basket, "milk")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.send(basket)


def program():
    reader, writer = Pipe(duplex=False)
    worker = Process(target=work, args=(writer,))
    worker.start()
    basket = reader.recv()
    worker.join()
    return basket


if __name__ == "__main__":
    print(program())
