"""Two consumers ask whether the queue is empty and then get: the last item may be gone by then.

expect: 7
finding: deadlock
"""

import time
from multiprocessing import Process, Queue, Value


def consume(queue, total):
    while not queue.empty():
        item = queue.get()
        with total.get_lock():
            total.value += item


def program():
    queue = Queue()
    total = Value("i", 0)
    queue.put(7)
    while queue.empty():
        time.sleep(0.001)
    consumers = [Process(target=consume, args=(queue, total)) for _ in range(2)]
    for consumer in consumers:
        consumer.start()
    for consumer in consumers:
        consumer.join()
    return total.value


if __name__ == "__main__":
    print(program())
