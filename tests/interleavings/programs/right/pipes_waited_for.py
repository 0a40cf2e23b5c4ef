"""The main process waits for several pipes at once and drops each at its end.

expect: ["a", "b"]
"""

from multiprocessing import Pipe, Process
from multiprocessing.connection import wait


def report(writer, word):
    writer.send(word)
    writer.close()


def program():
    readers, workers = [], []
    for word in ("a", "b"):
        reader, writer = Pipe(duplex=False)
        worker = Process(target=report, args=(writer, word))
        worker.start()
        writer.close()
        readers.append(reader)
        workers.append(worker)
    found = []
    while readers:
        for reader in wait(readers):
            try:
                found.append(reader.recv())
            except EOFError:
                readers.remove(reader)
                reader.close()
    for worker in workers:
        worker.join()
    return sorted(found)


if __name__ == "__main__":
    print(program())
