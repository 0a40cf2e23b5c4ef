"""Each chef has lines of its own on a longer board, and needs no lock; they are added up at the end."""

from multiprocessing import Array, Process

PRIME = 2**255 - 19


def size_of(potato, sizes):
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


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
