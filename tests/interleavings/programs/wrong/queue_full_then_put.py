"""Two producers ask whether the queue is full and then put: the one place may be taken by then.

expect: 1
finding: deadlock
"""

from multiprocessing import Process, Queue


def offer(queue, item):
    if not queue.full():
        queue.put(item)


def program():
    queue = Queue(maxsize=1)
    producers = [Process(target=offer, args=(queue, 1)) for _ in range(2)]
    for producer in producers:
        producer.start()
    for producer in producers:
        producer.join()
    return queue.get()


if __name__ == "__main__":
    print(program())
