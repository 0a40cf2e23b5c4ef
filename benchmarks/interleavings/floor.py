"""The bare-fork floor: `python -I floor.py STEPS SCHEDULES SEED` prints the seconds that it took.

The least that a scheduler outside of the processes must pay if it decides at each step:

    scheduler ──fork──► root ──fork──► child, child           for each schedule
        │ ──one byte: go on──►  whoever it has chosen
        │ ◄──one byte: at my next step──                      for each step
        └── waits for root, which has waited for the children

A child does nothing but these steps, half of STEPS each. Root has four besides: one before each fork and
one before each wait. A step is one byte each way on a socket pair (SOCK_SEQPACKET), and so
two context switches. Who is next is drawn at random.

It is not a scheduler. Nobody can block, so nobody is asked whether they could go on; nothing is found
out about a step, recorded or judged; the processes are made by `os.fork` in an interpreter that has loaded
next to nothing, without multiprocessing, a shared value or a result. Nor is it a lower bound for
schedulers that let a process go on for several steps without asking: those may be faster.
"""

import os
import random
import socket
import sys
import time

GO, HERE = b"g", b"h"


def step(end):
    """In a process: wait for the turn, take the step, say that the next has come."""
    os.read(end, 1)
    os.write(end, HERE)


def child(end, steps):
    """A process of the program."""
    for _ in range(steps):
        step(end)
    os._exit(0)


def root(ends, steps):
    """The first process of the program, which makes the two others and waits for them."""
    made = []
    for end in ends[1:]:
        step(ends[0])
        made.append(os.fork())
        if not made[-1]:
            child(end, steps)
    for pid in made:
        step(ends[0])
        os.waitpid(pid, 0)
    os._exit(0)


def schedule(steps, rng):
    """One schedule of `steps` steps, from the fork of root until it has been waited for."""
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(3)]
    pid = os.fork()
    if pid == 0:
        root([inner.fileno() for _, inner in pairs], steps // 2)
    first, *others = [outer.fileno() for outer, _ in pairs]
    hand_over(first, dict.fromkeys(others, steps // 2), rng)
    os.waitpid(pid, 0)
    for outer, inner in pairs:
        outer.close()
        inner.close()


def hand_over(first, left, rng):
    """Root makes the children, they have their steps as chance wants it, root waits for them."""
    turn(first)
    turn(first)
    while left:
        end = rng.choice(list(left))
        turn(end)
        left[end] -= 1
        if not left[end]:
            del left[end]
    turn(first)
    turn(first)


def turn(end):
    """One step of one process: nobody else runs meanwhile."""
    os.write(end, GO)
    os.read(end, 1)


def main(steps, schedules, seed):
    """The seconds that `schedules` schedules take."""
    rng = random.Random(seed)
    started = time.perf_counter()
    for _ in range(schedules):
        schedule(steps, rng)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(main(*map(int, sys.argv[1:])))
