"""The first reader closes the room for the writer and the last one opens it, decided by a count under a
lock.

expect: 0
"""

from multiprocessing import Array, Lock, Process, Semaphore, Value


def read(data, mutex, room, readers, torn):
    with mutex:
        readers.value += 1
        if readers.value == 1:
            room.acquire()
    one, other = data[0], data[1]
    with torn.get_lock():
        torn.value += one != other
    with mutex:
        readers.value -= 1
        if readers.value == 0:
            room.release()


def write(data, room):
    with room:
        data[0] = 1
        data[1] = 1


def program():
    data = Array("i", 2)
    mutex, room = Lock(), Semaphore(1)
    readers, torn = Value("i", 0), Value("i", 0)
    workers = [Process(target=read, args=(data, mutex, room, readers, torn)) for _ in range(2)]
    workers.append(Process(target=write, args=(data, room)))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return torn.value


if __name__ == "__main__":
    print(program())
