"""The lock is held while the potato is weighed: one chef at a time.

caught-by: test_faster_than_one_chef
says: took turns
"""

from multiprocessing import Array, Process


def size_of(potato, sizes):
    weight = potato
    for _ in range(1_000):
        weight = (weight * 1_664_525 + 1_013_904_223) % 2**32
    return weight * sizes // 2**32


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
