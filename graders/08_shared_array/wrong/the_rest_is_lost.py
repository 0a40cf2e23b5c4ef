"""Equal parts: what cannot be divided by the chefs is given to nobody.

caught-by: test_every_potato_is_counted
says: cannot be divided
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
    part = len(potatoes) // chefs
    team = []
    for chef in range(chefs):
        mine = potatoes[chef * part : (chef + 1) * part]
        team.append(Process(target=sort_out, args=(mine, board)))
    for process in team:
        process.start()
    for process in team:
        process.join()
    return board[:]
