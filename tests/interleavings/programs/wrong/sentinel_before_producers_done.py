"""The end sign is put while producers are still at work, and the consumer stops there.

expect: 3
finding: wrong-result
"""

from multiprocessing import Process, Queue, Value


def produce(queue, item):
    queue.put(item)


def consume(queue, total):
    while (item := queue.get()) is not None:
        total.value += item


def program():
    queue = Queue()
    total = Value("i", 0)
    producers = [Process(target=produce, args=(queue, item)) for item in (1, 2)]
    consumer = Process(target=consume, args=(queue, total))
    for each in (*producers, consumer):
        each.start()
    queue.put(None)
    for each in (*producers, consumer):
        each.join()
    return total.value


if __name__ == "__main__":
    print(program())
