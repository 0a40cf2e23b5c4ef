"""A default argument is made once, so it is the same list for everybody: in one process, yes.

caught-by: test_every_notebook_comes_back
says: default argument
may-fail: test_every_notebook_is_fresh, test_order_of_the_menus, test_the_chefs_are_processes, test_long_notebooks, test_nothing_to_cook
"""

import time
from multiprocessing import Process

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def shelf(page=None, pages=[]):
    if page is not None:
        pages.append(page)
    return pages


def chef(menu, pause):
    for dish in menu:
        cook(dish, pause)
    shelf(notebook)


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    chefs = [Process(target=chef, args=(menu, pause)) for menu in menus]
    for process in chefs:
        process.start()
    for process in chefs:
        process.join()
    return shelf()
