"""No process at all: the main process cooks every menu, with a clean page for each.

caught-by: test_the_chefs_are_processes
says: No other process
"""

import time


notebook = []


def cook(dish, pause):
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(menu, pause):
    notebook.clear()
    for dish in menu:
        cook(dish, pause)
    return list(notebook)


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    return [chef(menu, pause) for menu in menus]
