"""The main process returns the notebook that it has itself, once for each chef.

caught-by: test_every_notebook_comes_back
says: its own copy
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


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    pages = []
    chefs = [Process(target=chef, args=(menu, pause)) for menu in menus]
    for process in chefs:
        process.start()
    for process in chefs:
        process.join()
        pages.append(list(notebook))
    return pages
