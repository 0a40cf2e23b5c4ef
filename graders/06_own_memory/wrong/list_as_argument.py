"""A list is passed as an argument: what arrives in the process is a copy of it.

caught-by: test_every_notebook_comes_back
says: a list that it got in args
may-fail: test_every_notebook_is_fresh, test_order_of_the_menus, test_the_chefs_are_processes, test_long_notebooks, test_nothing_to_cook
"""

import time
from multiprocessing import Process

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(menu, pages, pause):
    for dish in menu:
        cook(dish, pause)
    pages.append(notebook)


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    pages = []
    chefs = [Process(target=chef, args=(menu, pages, pause)) for menu in menus]
    for process in chefs:
        process.start()
    for process in chefs:
        process.join()
    return pages
