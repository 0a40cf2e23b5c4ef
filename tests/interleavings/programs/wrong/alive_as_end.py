"""The main process reads the queue as long as the worker lives; what was put just before its end is left
there.

expect: [1, 2]
finding: wrong-result
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
    return found


if __name__ == "__main__":
    print(program())
