"""The floor: `python -I floor.py KIND STEPS SCHEDULES SEED` prints the seconds that it took.

The least that a scheduler outside of the processes must pay if it decides at each step:

    scheduler ──fork──► root ──fork──► child, child           for each schedule
        │ ──one byte: go on──►  whoever it has chosen
        │ ◄──one byte: at my next step──                      for each step
        └── waits for root, which has waited for the children

STEPS are the children's, half each; root has four besides: one before each fork and one before each wait.
A step is one byte each way on a socket pair (SOCK_SEQPACKET), and so two context switches. Who is next
is drawn at random. There are two kinds:

bare     The processes are made by `os.fork` in an interpreter that has loaded next to nothing, and do
         nothing but hand over. No scheduler of any program can be faster.
library  They are those of counting.py, forked from a process that has loaded multiprocessing: two of its
         Processes, started and joined by root, which read and write its Value, one of either at each
         step. No scheduler of this program can be faster unless it makes the library faster.

It is not a scheduler. Nobody can block, so nobody is asked whether they could go on; nothing is found
out about a step, recorded or judged; no result is sent. Nor is it a bound for schedulers that let a
process go on for several steps without asking: those may be faster.
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


def bare_child(end, steps):
    """A process of the program that does nothing."""
    for _ in range(steps):
        step(end)
    os._exit(0)


def bare(ends, steps):
    """The first process, which makes the two others and waits for them."""
    made = []
    for end in ends[1:]:
        step(ends[0])
        made.append(os.fork())
        if not made[-1]:
            bare_child(end, steps)
    for pid in made:
        step(ends[0])
        os.waitpid(pid, 0)
    os._exit(0)


def library_child(end, steps, counter):
    """A process of the program that adds to the shared value."""
    seen = 0
    for number in range(steps):
        os.read(end, 1)
        if number % 2:
            counter.value = seen + 1
        else:
            seen = counter.value
        os.write(end, HERE)


def library(ends, steps):
    """The same with multiprocessing."""
    counter = multiprocessing.Value("i", 0)
    made = []
    for end in ends[1:]:
        step(ends[0])
        made.append(multiprocessing.Process(target=library_child, args=(end, steps, counter)))
        made[-1].start()
    for process in made:
        step(ends[0])
        process.join()
    os._exit(0)


def schedule(root, steps, rng):
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


def load():
    """Load the library before the first fork, all that the program would load otherwise."""
    global multiprocessing
    import multiprocessing
    import multiprocessing.heap
    import multiprocessing.popen_fork
    import multiprocessing.sharedctypes
    import multiprocessing.synchronize

    multiprocessing.set_start_method("fork")


def main(kind, steps, schedules, seed):
    """The seconds that `schedules` schedules take."""
    root = {"bare": bare, "library": library}[kind]
    if kind == "library":
        load()
    rng = random.Random(seed)
    started = time.perf_counter()
    for _ in range(schedules):
        schedule(root, steps, rng)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(main(sys.argv[1], *map(int, sys.argv[2:])))
