"""A pool, whose workers get the board when they start."""

from multiprocessing import Array, Pool

PRIME = 2**255 - 19


def size_of(potato, sizes):
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


def remember(array):
    global board
    board = array


def sort_out(potatoes):
    for potato in potatoes:
        size = size_of(potato, len(board))
        with board.get_lock():
            board[size] += 1


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    array = Array("i", sizes)
    with Pool(chefs, initializer=remember, initargs=(array,)) as pool:
        pool.map(sort_out, [potatoes[chef::chefs] for chef in range(chefs)], chunksize=1)
    return list(array)
