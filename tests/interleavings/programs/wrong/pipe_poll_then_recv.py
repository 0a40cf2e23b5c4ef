"""Two readers of the same end look whether there is a message and then receive: it may be gone by then.

expect: 5
finding: deadlock
"""

from multiprocessing import Pipe, Process, Value


def look(reader, total):
    if reader.poll():
        item = reader.recv()
        with total.get_lock():
            total.value += item


def program():
    reader, writer = Pipe(duplex=False)
    total = Value("i", 0)
    writer.send(5)
    readers = [Process(target=look, args=(reader, total)) for _ in range(2)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    return total.value


if __name__ == "__main__":
    print(program())
