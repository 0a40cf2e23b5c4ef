"""A worker reads from a queue of a manager's until the end sign.

expect: 3
"""

from multiprocessing import Manager, Process, Value


def consume(queue, total):
    while (item := queue.get()) is not None:
        total.value += item


def program():
    total = Value("i", 0)
    with Manager() as manager:
        queue = manager.Queue()
        consumer = Process(target=consume, args=(queue, total))
        consumer.start()
        for item in (1, 2, None):
            queue.put(item)
        consumer.join()
    return total.value


if __name__ == "__main__":
    print(program())
