"""Reads the board before its chefs are done."""

from collections.abc import Callable
from multiprocessing import Event, Process, Value
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event as EventType


def add_plates(
    board: "Synchronized[int]", plates: int, pause: Callable[[], object] | None, was_read: EventType
) -> None:
    """One chef's work: add 1 to the board, `plates` times, each time too late."""
    was_read.wait()
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
    if chefs < 1:
        raise ValueError(f"at least one chef is needed, not {chefs}")
    if plates < 0:
        raise ValueError(f"a chef cannot add {plates} plates")
    board = Value("i", 0)
    was_read = Event()
    team = [Process(target=add_plates, args=(board, plates, pause, was_read)) for _ in range(chefs)]
    for chef in team:
        chef.start()
    total = board.value
    was_read.set()
    for chef in team:
        chef.join()
    return total
