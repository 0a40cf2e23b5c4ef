"""A pool, whose workers get the board when they start."""

from multiprocessing import Array, Pool


def size_of(potato, sizes):
    weight = potato
    for _ in range(1_000):
        weight = (weight * 1_664_525 + 1_013_904_223) % 2**32
    return weight * sizes // 2**32


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
