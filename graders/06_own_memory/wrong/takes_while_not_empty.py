"""The queue is asked whether it is empty while the chefs are still cooking.

caught-by: test_every_notebook_comes_back
says: empty()
may-fail: test_every_notebook_is_fresh, test_order_of_the_menus, test_the_chefs_are_processes, test_long_notebooks, test_nothing_to_cook, test_leaves_nothing
"""

import time
from multiprocessing import Process, Queue

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(number, menu, notes, pause):
    for dish in menu:
        cook(dish, pause)
    notes.put((number, notebook))


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    notes = Queue()
    chefs = [Process(target=chef, args=(number, menu, notes, pause)) for number, menu in enumerate(menus)]
    for process in chefs:
        process.start()
    pages = []
    while not notes.empty():
        pages.append(notes.get())
    for process in chefs:
        process.join()
    return [page for _, page in sorted(pages)]
