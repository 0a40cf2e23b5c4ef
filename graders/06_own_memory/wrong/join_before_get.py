"""The chefs are joined before their notebooks are taken: a deadlock if these are long.

caught-by: test_long_notebooks
says: join before drain
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
    for process in chefs:
        process.join()
    pages = dict(notes.get() for _ in menus)
    return [pages[number] for number in range(len(menus))]
