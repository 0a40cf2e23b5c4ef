"""Each chef counts alone, and writes its counts over those of the others.

caught-by: test_every_potato_is_counted
says: missing
may-fail: test_no_count_is_lost, test_faster_than_one_chef
"""

from multiprocessing import Array, Process

PRIME = 2**255 - 19


def size_of(potato, sizes):
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


def sort_out(potatoes, board):
    counts = [0] * len(board)
    for potato in potatoes:
        counts[size_of(potato, len(board))] += 1
    with board.get_lock():
        board[:] = counts


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = Array("i", sizes)
    team = [Process(target=sort_out, args=(potatoes[chef::chefs], board)) for chef in range(chefs)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    return board[:]
