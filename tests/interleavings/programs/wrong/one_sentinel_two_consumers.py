"""Two consumers wait for the end sign and only one is put.

expect: 3
finding: deadlock
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
    for item in (1, 2, None):
        queue.put(item)
    for consumer in consumers:
        consumer.join()
    return total.value


if __name__ == "__main__":
    print(program())
