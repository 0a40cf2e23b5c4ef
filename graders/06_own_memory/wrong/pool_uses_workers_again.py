"""A pool's worker that is ready cooks another menu, with the notebook of the first in its memory.

caught-by: test_every_notebook_is_fresh
says: keeps its memory
may-fail: test_every_notebook_comes_back, test_order_of_the_menus, test_the_chefs_are_processes, test_long_notebooks, test_nothing_to_cook
"""

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
    with Pool(processes=2) as pool:
        return pool.starmap(chef, [(menu, pause) for menu in menus])
