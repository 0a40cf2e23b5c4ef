"""The counts come sorted, not by size.

caught-by: test_every_potato_is_counted
says: line of its size
may-fail: test_no_count_is_lost, test_faster_than_one_chef
"""

from multiprocessing import Array, Process

PRIME = 2**255 - 19


def size_of(potato, sizes):
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


def sort_out(potatoes, board):
    for potato in potatoes:
        size = size_of(potato, len(board))
        with board.get_lock():
            board[size] += 1


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = Array("i", sizes)
    team = [Process(target=sort_out, args=(potatoes[chef::chefs], board)) for chef in range(chefs)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    return sorted(board[:])
