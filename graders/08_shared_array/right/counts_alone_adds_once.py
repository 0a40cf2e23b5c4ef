"""Each chef counts in its own memory and adds to the board once, under the lock."""

from multiprocessing import Array, Process


def size_of(potato, sizes):
    weight = potato
    for _ in range(1_000):
        weight = (weight * 1_664_525 + 1_013_904_223) % 2**32
    return weight * sizes // 2**32


def sort_out(potatoes, board):
    counts = [0] * len(board)
    for potato in potatoes:
        counts[size_of(potato, len(board))] += 1
    with board.get_lock():
        for size, count in enumerate(counts):
            board[size] += count


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = Array("i", sizes)
    team = [Process(target=sort_out, args=(potatoes[chef::chefs], board)) for chef in range(chefs)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    return board[:]
