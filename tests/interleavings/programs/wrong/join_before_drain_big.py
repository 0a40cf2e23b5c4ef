"""The main process joins a worker whose item is too large for the pipe and that nobody has taken out
yet.

expect: 100000
finding: deadlock
"""

from multiprocessing import Process, Queue


def produce(queue):
    queue.put(b"x" * 100_000)


def program():
    queue = Queue()
    producer = Process(target=produce, args=(queue,))
    producer.start()
    producer.join()
    return len(queue.get())


if __name__ == "__main__":
    print(program())
