"""Two consumers each get an end sign of their own.

expect: 3
"""

from multiprocessing import Process, Queue, Value


def consume(queue, total):
    while (item := queue.get()) is not None:
        with total.get_lock():
            total.value += item


def program():
    queue = Queue()
    total = Value("i", 0)
    consumers = [Process(target=consume, args=(queue, total)) for _ in range(2)]
    for consumer in consumers:
        consumer.start()
    for item in (1, 2):
        queue.put(item)
    for _ in consumers:
        queue.put(None)
    for consumer in consumers:
        consumer.join()
    return total.value


if __name__ == "__main__":
    print(program())
