"""Readers count themselves, and decide by the count, in separate steps: the last one may forget to open
the room.

expect: 2
finding: deadlock
"""

from multiprocessing import Process, Semaphore, Value


def read(room, readers, reads):
    with readers.get_lock():
        readers.value += 1
    if readers.value == 1:
        room.acquire()
    with reads.get_lock():
        reads.value += 1
    with readers.get_lock():
        readers.value -= 1
    if readers.value == 0:
        room.release()


def program():
    room = Semaphore(1)
    readers, reads = Value("i", 0), Value("i", 0)
    workers = [Process(target=read, args=(room, readers, reads)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return reads.value


if __name__ == "__main__":
    print(program())
