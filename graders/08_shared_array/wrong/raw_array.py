"""An Array without a lock, because it was in the way.

caught-by: test_no_count_is_lost
says: lost updates
may-fail: test_every_potato_is_counted, test_faster_than_one_chef
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
        board[size] += 1


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = Array("i", sizes, lock=False)
    team = [Process(target=sort_out, args=(potatoes[chef::chefs], board)) for chef in range(chefs)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    return board[:]
