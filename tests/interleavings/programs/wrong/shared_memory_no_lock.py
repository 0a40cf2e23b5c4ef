"""Two processes add to a byte of a shared-memory block without a lock.

expect: 4
finding: wrong-result
"""

from multiprocessing import Process
from multiprocessing.shared_memory import SharedMemory


def add(block):
    for _ in range(2):
        block.buf[0] += 1


def program():
    block = SharedMemory(create=True, size=1)
    try:
        block.buf[0] = 0
        workers = [Process(target=add, args=(block,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return block.buf[0]
    finally:
        block.close()
        block.unlink()


if __name__ == "__main__":
    print(program())
