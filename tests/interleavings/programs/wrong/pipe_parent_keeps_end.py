"""The main process reads until the end of the pipe, but holds the writing end open itself.

expect: [0, 1]
finding: deadlock
"""

from multiprocessing import Pipe, Process


def produce(writer):
    for item in range(2):
        writer.send(item)
    writer.close()


def program():
    reader, writer = Pipe(duplex=False)
    producer = Process(target=produce, args=(writer,))
    producer.start()
    found = []
    try:
        while True:
            found.append(reader.recv())
    except EOFError:
        pass
    producer.join()
    return found


if __name__ == "__main__":
    print(program())
