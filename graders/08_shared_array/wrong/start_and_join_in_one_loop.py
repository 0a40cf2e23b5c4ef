"""Each chef is waited for before the next one begins.

caught-by: test_each_chef_is_a_process
says: joined before the next one
may-fail: test_faster_than_one_chef
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
        process.join()
    return board[:]
