"""Two processes write large messages into the same end, one at a time under a lock.

expect: [20000, 20000]
"""

from multiprocessing import Lock, Pipe, Process


def report(writer, lock):
    with lock:
        writer.send_bytes(bytes(20_000))


def program():
    reader, writer = Pipe(duplex=False)
    lock = Lock()
    workers = [Process(target=report, args=(writer, lock)) for _ in range(2)]
    for worker in workers:
        worker.start()
    lengths = [len(reader.recv_bytes()) for _ in workers]
    for worker in workers:
        worker.join()
    return lengths


if __name__ == "__main__":
    print(program())
