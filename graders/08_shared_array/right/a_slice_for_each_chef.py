"""Each chef has lines of its own on a longer board, and needs no lock; they are added up at the end."""

from multiprocessing import Array, Process


def size_of(potato, sizes):
    weight = potato
    for _ in range(1_000):
        weight = (weight * 1_664_525 + 1_013_904_223) % 2**32
    return weight * sizes // 2**32


def sort_out(potatoes, board, first, sizes):
    for potato in potatoes:
        board[first + size_of(potato, sizes)] += 1


def histogram(potatoes: list[int], sizes: int, chefs: int) -> list[int]:
    board = Array("i", sizes * chefs, lock=False)
    part = -(-len(potatoes) // chefs)
    team = []
    for chef in range(chefs):
        mine = potatoes[chef * part : (chef + 1) * part]
        team.append(Process(target=sort_out, args=(mine, board, chef * sizes, sizes)))
    for process in team:
        process.start()
    for process in team:
        process.join()
    return [sum(board[size::sizes]) for size in range(sizes)]
