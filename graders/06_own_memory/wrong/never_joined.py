"""The notebooks are all there, but nobody waits for the chefs to end.

caught-by: test_leaves_nothing
says: never joined
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
    for number, menu in enumerate(menus):
        Process(target=chef, args=(number, menu, notes, pause)).start()
    return [page for _, page in sorted(notes.get() for _ in menus)]
