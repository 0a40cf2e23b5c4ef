"""Two processes add to a byte of a shared-memory block under a lock, and the block is unlinked.

expect: 4
"""

from multiprocessing import Lock, Process
from multiprocessing.shared_memory import SharedMemory


def add(block, lock):
    for _ in range(2):
        with lock:
            block.buf[0] += 1


def program():
    lock = Lock()
    block = SharedMemory(create=True, size=1)
    try:
        block.buf[0] = 0
        workers = [Process(target=add, args=(block, lock)) for _ in range(2)]
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
