"""Answers 0 where it should raise ValueError: no chef, or fewer than no plates."""

from collections.abc import Callable
from multiprocessing import Process, Value
from multiprocessing.sharedctypes import Synchronized


def add_plates(board: "Synchronized[int]", plates: int, pause: Callable[[], object] | None) -> None:
    """One chef's work: add 1 to the board, `plates` times."""
    for _ in range(plates):
        with board.get_lock():
            seen = board.value
            if pause is not None:
                pause()
            board.value = seen + 1


def count_up(chefs: int, plates: int, pause: Callable[[], object] | None = None) -> int:
    """Let `chefs` processes add `plates` plates each; return what the board says at the end.

    Args:
        pause: called without arguments by each chef, in its own process, once for each plate:
            after it has read the board, and before it writes.

    Raises:
        ValueError: if there is no chef, or if there are fewer than no plates.
    """
    board = Value("i", 0)
    team = [Process(target=add_plates, args=(board, plates, pause)) for _ in range(chefs)]
    for chef in team:
        chef.start()
    for chef in team:
        chef.join()
    return board.value
