"""Two processes write messages into the same end without a lock: length and content of one may get mixed
with the other's.

expect: [20000, 20000]
finding: wrong-result
"""

from multiprocessing import Pipe, Process


def report(writer):
    writer.send_bytes(bytes(20_000))


def program():
    reader, writer = Pipe(duplex=False)
    workers = [Process(target=report, args=(writer,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    lengths = [len(reader.recv_bytes()) for _ in workers]
    for worker in workers:
        worker.join()
    return lengths


if __name__ == "__main__":
    print(program())
