"""Parent and forked child write to different bytes of shared anonymous memory.

expect: [1, 2]
"""

import mmap
import os


def program():
    with mmap.mmap(-1, 2) as memory:
        child = os.fork()
        if child == 0:
            memory[1] = 2
            os._exit(0)
        memory[0] = 1
        os.waitpid(child, 0)
        return [memory[0], memory[1]]


if __name__ == "__main__":
    print(program())
