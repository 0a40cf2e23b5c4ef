"""Has the board to itself by a lease from the read to the write, and the lease runs out."""

import time
from collections.abc import Callable
from multiprocessing import Process, Value
from multiprocessing.sharedctypes import Synchronized


LEASE = 0.3  # seconds


def add_plates(
    board: "Synchronized[int]", until: "Synchronized[float]", plates: int, pause: Callable[[], object] | None
) -> None:
    """One chef's work: add 1 to the board, `plates` times."""
    for _ in range(plates):
        mine = take_lease(until)
        with board.get_lock():
            seen = board.value
        if pause is not None:
            pause()
        # Whoever is held up for longer than the lease writes over what another one has written.
        with board.get_lock():
            board.value = seen + 1
        with until.get_lock():
            if until.value == mine:
                until.value = 0.0


def take_lease(until: "Synchronized[float]") -> float:
    """Wait until nobody has the board, or for too long; say until when it is ours."""
    while True:
        with until.get_lock():
            if until.value <= time.monotonic():
                until.value = time.monotonic() + LEASE
                return until.value
        time.sleep(0.001)


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
    board, until = Value("i", 0), Value("d", 0.0)
    team = [Process(target=add_plates, args=(board, until, plates, pause)) for _ in range(chefs)]
    for chef in team:
        chef.start()
    for chef in team:
        chef.join()
    return board.value
