"""A queue of one place makes the producer wait for the main process, which reads until the end sign.

expect: [0, 1, 2]
"""

from multiprocessing import Process, Queue


def produce(queue):
    for item in (0, 1, 2, None):
        queue.put(item)


def program():
    queue = Queue(maxsize=1)
    producer = Process(target=produce, args=(queue,))
    producer.start()
    found = []
    while (item := queue.get()) is not None:
        found.append(item)
    producer.join()
    return found


if __name__ == "__main__":
    print(program())
