"""A large item is taken out of the queue before its producer is joined.

expect: 100000
"""

from multiprocessing import Process, Queue


def produce(queue):
    queue.put(b"x" * 100_000)


def program():
    queue = Queue()
    producer = Process(target=produce, args=(queue,))
    producer.start()
    length = len(queue.get())
    producer.join()
    return length


if __name__ == "__main__":
    print(program())
