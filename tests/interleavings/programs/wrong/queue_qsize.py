"""The main process takes as many items as the queue has at that moment, while the producer is still at
it.

expect: [1, 2, 3]
finding: wrong-result
"""

from multiprocessing import Process, Queue


def produce(queue):
    for item in (1, 2, 3):
        queue.put(item)


def program():
    queue = Queue()
    producer = Process(target=produce, args=(queue,))
    producer.start()
    found = [queue.get()]
    for _ in range(queue.qsize()):
        found.append(queue.get())
    producer.join()
    return found


if __name__ == "__main__":
    print(program())
