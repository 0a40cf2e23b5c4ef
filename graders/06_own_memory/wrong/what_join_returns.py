"""The chef returns the notebook, and the main process takes what join() returns for it.

caught-by: test_every_notebook_comes_back
says: goes nowhere
may-fail: test_every_notebook_is_fresh, test_order_of_the_menus, test_the_chefs_are_processes, test_long_notebooks, test_nothing_to_cook
"""

import time
from multiprocessing import Process

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(menu, pause):
    for dish in menu:
        cook(dish, pause)
    return notebook


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    chefs = [Process(target=chef, args=(menu, pause)) for menu in menus]
    for process in chefs:
        process.start()
    return [process.join() for process in chefs]
