"""The main process polls the pipe with a time-out, again and again, until there is a message.

expect: 5
"""

from multiprocessing import Pipe, Process


def report(writer):
    writer.send(5)


def program():
    reader, writer = Pipe(duplex=False)
    worker = Process(target=report, args=(writer,))
    worker.start()
    while not reader.poll(0.01):
        pass
    item = reader.recv()
    worker.join()
    return item


if __name__ == "__main__":
    print(program())
