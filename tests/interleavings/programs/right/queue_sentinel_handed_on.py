"""There is one end sign, and each consumer that gets it puts it back for the next.

expect: 3
"""

from multiprocessing import Process, Queue, Value


def consume(queue, total):
    while (item := queue.get()) is not None:
        with total.get_lock():
            total.value += item
    queue.put(None)


def program():
    queue = Queue()
    total = Value("i", 0)
    consumers = [Process(target=consume, args=(queue, total)) for _ in range(2)]
    for consumer in consumers:
        consumer.start()
    for item in (1, 2, None):
        queue.put(item)
    for consumer in consumers:
        consumer.join()
    queue.get()
    return total.value


if __name__ == "__main__":
    print(program())
