"""The consumer takes a queue that is empty for a moment for the end of the work.

expect: 3
finding: wrong-result
"""

from multiprocessing import Process, Queue
from queue import Empty


def produce(queue):
    for item in (1, 2):
        queue.put(item)


def program():
    queue = Queue()
    producer = Process(target=produce, args=(queue,))
    producer.start()
    total = 0
    for _ in range(2):
        try:
            total += queue.get(timeout=0.01)
        except Empty:
            break
    producer.join()
    return total


if __name__ == "__main__":
    print(program())
