"""A pipe for each chef, read before the chefs are joined; the order of the pipes is that of the menus."""

import time
from multiprocessing import Pipe, Process

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(menu, end, pause):
    for dish in menu:
        cook(dish, pause)
    with end:
        end.send(notebook)


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    chefs, ends = [], []
    for menu in menus:
        mine, theirs = Pipe(duplex=False)
        process = Process(target=chef, args=(menu, theirs, pause))
        process.start()
        theirs.close()
        chefs.append(process)
        ends.append(mine)
    pages = [end.recv() for end in ends]
    for process in chefs:
        process.join()
    return pages
