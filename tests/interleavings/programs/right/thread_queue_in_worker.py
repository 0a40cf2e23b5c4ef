"""A worker has a thread that squares, fed by a queue of threads, and joins it before it answers.

expect: [1, 4]
"""

import queue
import threading
from multiprocessing import Pipe, Process


def square(numbers, squares):
    while (number := numbers.get()) is not None:
        squares.append(number * number)


def work(writer):
    numbers, squares = queue.Queue(), []
    thread = threading.Thread(target=square, args=(numbers, squares))
    thread.start()
    for number in (1, 2, None):
        numbers.put(number)
    thread.join()
    writer.send(squares)


def program():
    reader, writer = Pipe(duplex=False)
    worker = Process(target=work, args=(writer,))
    worker.start()
    result = reader.recv()
    worker.join()
    return result


if __name__ == "__main__":
    print(program())
