"""One process does it all.

caught-by: test_each_chef_is_a_process
says: fewer processes than chefs
may-fail: test_faster_than_one_chef
"""

from multiprocessing import Array, Process


def size_of(potato, sizes):
    weight = potato
    for _ in range(1_000):
        weight = (weight * 1_664_525 + 1_013_904_223) % 2**32
    return weight * sizes // 2**32


def sort_out(potatoes, board):
    for potato in potatoes:
        size = size_of(potato, len(board))
        with board.get_lock():
            board[size] += 1


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = Array("i", sizes)
    team = [Process(target=sort_out, args=(potatoes, board)) for chef in range(1)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    return board[:]
