"""The main process joins a worker before it takes the items out; it goes well only as long as they fit
the pipe.

expect: [0, 1, 2]
finding: deadlock
latent: yes
"""

from multiprocessing import Process, Queue


def produce(queue):
    for item in range(3):
        queue.put(item)


def program():
    queue = Queue()
    producer = Process(target=produce, args=(queue,))
    producer.start()
    producer.join()
    return [queue.get() for _ in range(3)]


if __name__ == "__main__":
    print(program())
