"""Waits for the lock, but not for long, and goes on without it."""

from collections.abc import Callable
from multiprocessing import Process, Value
from multiprocessing.sharedctypes import Synchronized


SOON = 0.3  # seconds


def add_plates(board: "Synchronized[int]", plates: int, pause: Callable[[], object] | None) -> None:
    """One chef's work: add 1 to the board, `plates` times."""
    lock = board.get_lock()
    for _ in range(plates):
        # Nobody keeps it for so long unless held up: a test that runs this often and hopes sees nothing.
        got = lock.acquire(timeout=SOON)
        seen = board.get_obj().value
        if pause is not None:
            pause()
        board.get_obj().value = seen + 1
        if got:
            lock.release()


def count_up(chefs: int, plates: int, pause: Callable[[], object] | None = None) -> int:
    """Let `chefs` processes add `plates` plates each; return what the board says at the end.

    Args:
        pause: called without arguments by each chef, in its own process, once for each plate:
            after it has read the board, and before it writes.

    Raises:
        ValueError: if there is no chef, or if there are fewer than no plates.
    """
    if chefs < 1:
        raise ValueError(f"at least one chef is needed, not {chefs}")
    if plates < 0:
        raise ValueError(f"a chef cannot add {plates} plates")
    board = Value("i", 0)
    team = [Process(target=add_plates, args=(board, plates, pause)) for _ in range(chefs)]
    for chef in team:
        chef.start()
    for chef in team:
        chef.join()
    return board.value
