"""An executor's workers cook several menus, and begin each with a clean page."""

import time
from concurrent.futures import ProcessPoolExecutor

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
    with ProcessPoolExecutor(max_workers=2) as executor:
        return list(executor.map(chef, menus, [pause] * len(menus)))
