"""Threads share the memory of their process, and so one notebook.

caught-by: test_every_notebook_comes_back
says: Threads
may-fail: test_every_notebook_is_fresh, test_order_of_the_menus, test_the_chefs_are_processes, test_long_notebooks, test_nothing_to_cook
"""

import time
from threading import Thread

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(number, menu, pages, pause):
    for dish in menu:
        cook(dish, pause)
    pages[number] = list(notebook)


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    pages = [[] for _ in menus]
    chefs = [Thread(target=chef, args=(number, menu, pages, pause)) for number, menu in enumerate(menus)]
    for thread in chefs:
        thread.start()
    for thread in chefs:
        thread.join()
    return pages
