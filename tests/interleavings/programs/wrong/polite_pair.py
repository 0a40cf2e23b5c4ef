"""Two polite processes raise a flag and lower it again when they see the other's: in step, neither ever
goes.

expect: 2
finding: livelock
"""

from multiprocessing import Array, Process, Value


def cross(me, wants, crossed):
    while True:
        wants[me] = 1
        if not wants[1 - me]:
            break
        wants[me] = 0
    with crossed.get_lock():
        crossed.value += 1
    wants[me] = 0


def program():
    wants, crossed = Array("i", 2), Value("i", 0)
    walkers = [Process(target=cross, args=(me, wants, crossed)) for me in range(2)]
    for walker in walkers:
        walker.start()
    for walker in walkers:
        walker.join()
    return crossed.value


if __name__ == "__main__":
    print(program())
