"""Parent and forked child both add to a byte of shared anonymous memory without a lock.

expect: 2
finding: wrong-result
"""

import mmap
import os


def add(memory):
    current = memory[0]
    memory[0] = current + 1


def program():
    with mmap.mmap(-1, 1) as memory:
        child = os.fork()
        if child == 0:
            add(memory)
            os._exit(0)
        add(memory)
        os.waitpid(child, 0)
        return memory[0]


if __name__ == "__main__":
    print(program())
