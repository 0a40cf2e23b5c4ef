"""A semaphore of 0 makes the second process wait until the first has written.

expect: [1, 2]
"""

from multiprocessing import Array, Process, Semaphore


def first(written, board):
    board[0] = 1
    written.release()


def second(written, board):
    written.acquire()
    board[1] = board[0] + 1


def program():
    written, board = Semaphore(0), Array("i", 2)
    workers = [Process(target=target, args=(written, board)) for target in (second, first)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return board[:]


if __name__ == "__main__":
    print(program())
