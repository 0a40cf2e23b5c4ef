"""Daemons, each started as soon as it is made, joined last to first."""

import multiprocessing as mp
import time
from multiprocessing import current_process


def cook(dish: str, seconds: float) -> None:
    print(f"{dish}: on the stove ({current_process().name})")
    time.sleep(seconds)
    print(f"{dish}: served")


def cook_all(orders: list[tuple[str, float]]) -> list[int | None]:
    context = mp.get_context()
    chefs = {}
    for place, order in enumerate(orders):
        chefs[place] = context.Process(target=cook, args=order, daemon=True)
        chefs[place].start()
    for place in reversed(chefs):
        chefs[place].join()
    return [chefs[place].exitcode for place in range(len(orders))]
