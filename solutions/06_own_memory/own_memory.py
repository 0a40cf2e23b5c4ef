"""06 own_memory: every chef has a notebook, and nobody else can look into it.

Run it with `python3 own_memory.py`; check it with `chefs check 06`.
"""

import time
from multiprocessing import Process, Queue, queues

notebook: list[str] = []  # a global, and yet each process has one of its own


def cook(dish: str, pause: float) -> None:
    """Cook a dish, which takes `pause` seconds, and write it into this process's notebook (given)."""
    time.sleep(pause)
    notebook.append(f"{len(notebook) + 1}. {dish}")


def chef(number: int, menu: list[str], notes: "queues.Queue[tuple[int, list[str]]]", pause: float) -> None:
    """Chef number `number`, a process: cook the menu, and hand the notebook back."""
    # Task 1: cook each dish of the menu, then hand back what this process's notebook says.
    ### BEGIN SOLUTION
    for dish in menu:
        cook(dish, pause)
    notes.put((number, notebook))
    ### END SOLUTION


def evening(menus: list[list[str]], pause: float = 0.0) -> list[list[str]]:
    """Let one chef cook each menu; return what each notebook says, in the order of the menus."""
    # Task 2: start a process for each menu, take what they hand back, and only then join.
    ### BEGIN SOLUTION
    notes: queues.Queue[tuple[int, list[str]]] = Queue()
    chefs = [Process(target=chef, args=(number, menu, notes, pause)) for number, menu in enumerate(menus)]
    for process in chefs:
        process.start()
    handed_back = dict(notes.get() for _ in menus)
    for process in chefs:
        process.join()
    ### END SOLUTION
    # Task 3: return the notebooks in the order of the menus.
    ### BEGIN SOLUTION
    return [handed_back[number] for number in range(len(menus))]
    ### END SOLUTION


def main() -> None:
    """Two chefs, two menus; then a look at the notebook of the main process."""
    for page in evening([["soup", "roast", "cake"], ["tea", "toast"]], pause=0.1):
        print(page)
    print("the main process's own notebook:", notebook)


if __name__ == "__main__":
    main()
