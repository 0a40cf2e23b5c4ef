"""Each chef is waited for before the next one is started."""

import time
from multiprocessing import Process, SimpleQueue

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(menu, note, pause):
    for dish in menu:
        cook(dish, pause)
    note.put(list(notebook))


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    pages = []
    for menu in menus:
        note = SimpleQueue()
        process = Process(target=chef, args=(menu, note, pause))
        process.start()
        pages.append(note.get())
        process.join()
    return pages
