"""Two flags and a turn keep two processes apart without any lock around the section (Peterson's
algorithm).

expect: 2
"""

import time
from multiprocessing import Array, Process, Value


def work(me, flags, turn, counter):
    flags[me] = 1
    turn.value = 1 - me
    while flags[1 - me] and turn.value == 1 - me:
        time.sleep(0.001)
    counter.value += 1
    flags[me] = 0


def program():
    flags, turn, counter = Array("i", 2), Value("i", 0), Value("i", 0)
    workers = [Process(target=work, args=(me, flags, turn, counter)) for me in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


if __name__ == "__main__":
    print(program())
