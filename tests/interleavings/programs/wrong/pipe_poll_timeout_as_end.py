"""The main process takes a pipe that is silent for a moment for one that is finished.

expect: [1, 2]
finding: wrong-result
"""

from multiprocessing import Pipe, Process


def produce(writer):
    writer.send(1)
    writer.send(2)


def program():
    reader, writer = Pipe(duplex=False)
    producer = Process(target=produce, args=(writer,))
    producer.start()
    found = []
    while len(found) < 2 and reader.poll(0.01):
        found.append(reader.recv())
    producer.join()
    return found


if __name__ == "__main__":
    print(program())
