"""A manager's dictionary lives in a process of its own, and every chef can write into it."""

import time
from multiprocessing import Manager, Process

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(number, menu, pages, pause):
    for dish in menu:
        cook(dish, pause)
    pages[number] = notebook


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    with Manager() as manager:
        pages = manager.dict()
        chefs = [Process(target=chef, args=(number, menu, pages, pause)) for number, menu in enumerate(menus)]
        for process in chefs:
            process.start()
        for process in chefs:
            process.join()
        return [pages[number] for number in range(len(menus))]
