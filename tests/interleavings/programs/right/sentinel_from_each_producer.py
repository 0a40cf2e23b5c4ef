"""Each producer puts an end sign of its own, and the main process reads until it has seen them all.

expect: 3
"""

from multiprocessing import Process, Queue


def produce(queue, item):
    queue.put(item)
    queue.put(None)


def program():
    queue = Queue()
    producers = [Process(target=produce, args=(queue, item)) for item in (1, 2)]
    for producer in producers:
        producer.start()
    total, ended = 0, 0
    while ended < len(producers):
        item = queue.get()
        if item is None:
            ended += 1
        else:
            total += item
    for producer in producers:
        producer.join()
    return total


if __name__ == "__main__":
    print(program())
