"""A shared-memory block is closed but never unlinked.

expect: 7
finding: leftovers
"""

from multiprocessing import Process
from multiprocessing.shared_memory import SharedMemory


def write(block):
    block.buf[0] = 7
    block.close()


def program():
    block = SharedMemory(create=True, size=1)
    worker = Process(target=write, args=(block,))
    worker.start()
    worker.join()
    result = block.buf[0]
    block.close()
    return result


if __name__ == "__main__":
    print(program())
