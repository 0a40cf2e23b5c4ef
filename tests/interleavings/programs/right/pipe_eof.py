"""The main process closes its copy of the writing end and then reads until the end.

expect: [0, 1]
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
    writer.close()
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
