"""A pipe for each chef, read when the chefs have ended: those with a long notebook never do.

caught-by: test_long_notebooks
says: waits for room in a pipe
"""

import time
from multiprocessing import Pipe, Process

notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(menu, end, pause):
    for dish in menu:
        cook(dish, pause)
    end.send(notebook)
    end.close()


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    chefs, ends = [], []
    for menu in menus:
        mine, theirs = Pipe()
        chefs.append(Process(target=chef, args=(menu, theirs, pause)))
        ends.append(mine)
    for process in chefs:
        process.start()
    for process in chefs:
        process.join()
    return [end.recv() for end in ends]
