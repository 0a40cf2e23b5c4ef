"""The board is a plain list: each process has a copy of its own.

caught-by: test_every_potato_is_counted
says: do not share one board
may-fail: test_no_count_is_lost, test_faster_than_one_chef
"""

from multiprocessing import Process

PRIME = 2**255 - 19


def size_of(potato, sizes):
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


def sort_out(potatoes, board):
    for potato in potatoes:
        board[size_of(potato, len(board))] += 1


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = [0] * sizes
    team = [Process(target=sort_out, args=(potatoes[chef::chefs], board)) for chef in range(chefs)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    return board[:]
