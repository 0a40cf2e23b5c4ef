"""A pool whose workers are replaced after a single menu."""

import time
from multiprocessing import Pool

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(menu, pause):
    for dish in menu:
        cook(dish, pause)
    return notebook


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    with Pool(processes=3, maxtasksperchild=1) as pool:
        return pool.starmap(chef, [(menu, pause) for menu in menus], chunksize=1)
