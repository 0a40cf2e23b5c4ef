"""An empty queue only means: try again. The end is known by the end sign.

expect: 3
"""

from multiprocessing import Process, Queue
from queue import Empty


def produce(queue):
    for item in (1, 2, None):
        queue.put(item)


def program():
    queue = Queue()
    producer = Process(target=produce, args=(queue,))
    producer.start()
    total = 0
    while True:
        try:
            item = queue.get(timeout=0.01)
        except Empty:
            continue
        if item is None:
            break
        total += item
    producer.join()
    return total


if __name__ == "__main__":
    print(program())
