"""A lock for each line of the board: chefs wait only for those who add in the same one."""

from multiprocessing import Array, Lock, Process

PRIME = 2**255 - 19


def size_of(potato, sizes):
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


def sort_out(potatoes, board, locks):
    for potato in potatoes:
        size = size_of(potato, len(board))
        with locks[size]:
            board[size] += 1


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = Array("i", sizes)
    locks = [Lock() for _ in range(sizes)]
    team = [Process(target=sort_out, args=(potatoes[chef::chefs], board, locks)) for chef in range(chefs)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    return board[:]
