"""The notebooks stand in the order in which the chefs were ready.

caught-by: test_order_of_the_menus
says: wrong order
may-fail: test_every_notebook_comes_back, test_every_notebook_is_fresh, test_the_chefs_are_processes, test_long_notebooks, test_nothing_to_cook
"""

import time
from multiprocessing import Process, Queue

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(menu, notes, pause):
    for dish in menu:
        cook(dish, pause)
    notes.put(notebook)


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    notes = Queue()
    chefs = [Process(target=chef, args=(menu, notes, pause)) for menu in menus]
    for process in chefs:
        process.start()
    pages = [notes.get() for _ in menus]
    for process in chefs:
        process.join()
    return pages
