"""The reading child inherited the writing end and never closes it, so that the pipe has no end for it.

expect: 3
finding: deadlock
"""

from multiprocessing import Pipe, Process, Value


def consume(reader, writer, total):
    try:
        while True:
            total.value += reader.recv()
    except EOFError:
        pass


def program():
    reader, writer = Pipe(duplex=False)
    total = Value("i", 0)
    consumer = Process(target=consume, args=(reader, writer, total))
    consumer.start()
    reader.close()
    for item in (1, 2):
        writer.send(item)
    writer.close()
    consumer.join()
    return total.value


if __name__ == "__main__":
    print(program())
