"""The lock is held while the potato is weighed: one chef at a time.

caught-by: test_faster_than_one_chef
says: took turns
"""

from multiprocessing import Array, Process

PRIME = 2**255 - 19


def size_of(potato, sizes):
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


def sort_out(potatoes, board):
    for potato in potatoes:
        with board.get_lock():
            board[size_of(potato, len(board))] += 1


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = Array("i", sizes)
    team = [Process(target=sort_out, args=(potatoes[chef::chefs], board)) for chef in range(chefs)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    return board[:]
