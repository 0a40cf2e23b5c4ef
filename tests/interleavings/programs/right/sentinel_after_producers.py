"""The end sign is put when all producers were joined, and the consumer reads all along.

expect: 3
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
    consumer.start()
    for producer in producers:
        producer.start()
    for producer in producers:
        producer.join()
    queue.put(None)
    consumer.join()
    return total.value


if __name__ == "__main__":
    print(program())
