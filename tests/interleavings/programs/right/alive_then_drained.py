"""The main process reads while the worker lives, and once more when it is gone.

expect: [1, 2]
"""

from multiprocessing import Process, Queue
from queue import Empty


def produce(queue):
    queue.put(1)
    queue.put(2)


def program():
    queue = Queue()
    producer = Process(target=produce, args=(queue,))
    producer.start()
    found = []
    while producer.is_alive():
        try:
            found.append(queue.get(timeout=0.01))
        except Empty:
            pass
    producer.join()
    while not queue.empty():
        found.append(queue.get())
    return found


if __name__ == "__main__":
    print(program())
