"""Grader of 06 own_memory: what a process writes into its memory stays there; results are handed back."""

import pytest

DINNER = [["soup", "roast", "cake"], ["tea", "toast"]]
# Each notebook is more than a pipe (64 KiB) or a socket (208 KiB) holds by default on Linux.
BANQUET = [
    [f"{dish} {number}: " + "with bread, " * 80 for number in range(400)] for dish in ("soup", "roast")
]


def notebooks(menus: list[list[str]]) -> list[list[str]]:
    """What the notebooks say when each menu has a chef with a fresh one."""
    return [[f"{number}. {dish}" for number, dish in enumerate(menu, 1)] for menu in menus]


def what_is_wrong(value: object, menus: list[list[str]]) -> str:
    """The likely cause of a result that is not right; nothing if it is right."""
    expected = notebooks(menus)
    if value == expected and isinstance(value, list):
        return ""
    if value is None:
        return (
            "The function returns nothing (None).\nNext: return a list with what each notebook says (task 3)."
        )
    if not isinstance(value, list):
        return f"The result is a {type(value).__name__}.\nNext: return a list, one notebook a menu (task 3)."
    if value and all(item is None or type(item) is int for item in value):
        return (
            "These are no notebooks. What the target of a process returns goes nowhere: start() and join() "
            "give None, and exitcode tells only how the process ended.\n"
            "Next: have each chef hand its notebook back, for example by putting it on a queue (task 1)."
        )
    if not any(value):
        return (
            "No notebook arrived. What a chef writes into a global, into a default argument or into a list "
            "that it got in args, it writes into its own copy: every process has its own memory, and the "
            "main process's stays as it was. (If you use a queue: was it asked with empty() while the chefs "
            "were still cooking?)\n"
            "Next: have each chef send its notebook back, for example with put() on a queue, and take it "
            "with get() (tasks 1 and 2)."
        )
    if not all(isinstance(page, list) for page in value):
        kind = next(type(page).__name__ for page in value if not isinstance(page, list))
        return f"There is a {kind} among the notebooks.\nNext: return a list of lists of text (task 3)."
    return why_not_these(value, expected)


def why_not_these(value: list[list[str]], expected: list[list[str]]) -> str:
    """The likely cause of notebooks that are not those expected."""
    got = sorted(map(str, value))
    if got == sorted(map(str, expected)):
        return (
            "The right notebooks in the wrong order: that in which the chefs were ready, which differs from "
            "run to run.\n"
            "Next: hand back the number of the menu along with the notebook, and sort by it (task 3)."
        )
    if any(len(page) > max(map(len, expected)) or page not in expected for page in value):
        return (
            "A notebook has lines that belong to another menu: it was used again. A process keeps its memory "
            "until it ends, so a pool's worker that cooks a second menu finds what it wrote in the first. "
            "Threads, and calls in the main process, all write into one and the same notebook.\n"
            "Next: give each menu a process of its own (task 2)."
        )
    return (
        f"{len(value)} notebooks for {len(expected)} menus.\n"
        "Next: take as many notebooks as there are menus, and wait for each of them (task 2)."
    )


def expect(value: object, menus: list[list[str]]) -> None:
    """Fail the check, with the likely cause, unless `value` is what the notebooks say."""
    expected = notebooks(menus)
    assert value == expected, what_is_wrong(value, menus)


@pytest.mark.check(points=3)
def test_every_notebook_comes_back(student):
    """Every chef's notebook comes back to the main process"""
    expect(student.evening(DINNER, 0.01), DINNER)


@pytest.mark.check(points=2)
def test_every_notebook_is_fresh(student):
    """Every chef begins with an empty notebook, however many there are"""
    menus = [[dish] for dish in ("soup", "salad", "pasta", "fish", "cake", "tea", "nuts", "figs")]
    if student.start_method != "fork":
        menus = menus[:4]  # eight new interpreters take long on a busy machine, and prove no more
    expect(student.evening(menus), menus)


@pytest.mark.check(points=1, start_methods="first")
def test_order_of_the_menus(student):
    """The notebooks are in the order of the menus, whoever is ready first"""
    menus = [["soup", "roast", "cake", "figs"], ["tea"]]
    expect(student.evening(menus, 0.15), menus)


@pytest.mark.check(points=1, start_methods="first")
def test_the_chefs_are_processes(student):
    """The chefs are processes

    Cause: No other process was seen at work: the main process cooked itself, or its threads did.
    Next: Make `chef` the target of a Process for each menu (task 2).
    """
    run = student.run("evening", DINNER, 0.1)
    expect(run.value, DINNER)
    assert run.processes >= 1


@pytest.mark.check(points=2, start_methods="first")
def test_long_notebooks(student):
    """Long notebooks come back as well: 400 lines of 1000 characters"""
    expect(student.evening(BANQUET), BANQUET)


@pytest.mark.check(points=1, start_methods="first")
def test_nothing_to_cook(student):
    """A menu without a dish, or an evening without a menu, is no trouble"""
    for menus in ([[], ["tea"]], []):
        expect(student.evening(menus), menus)


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All chefs are joined: nothing is left behind"""
    run = student.run("evening", DINNER)
    run.left_nothing_behind()
