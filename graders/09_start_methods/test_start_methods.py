"""Grader of 09 start_methods: the same result under fork, spawn and forkserver, by state handed over."""

import re
from multiprocessing import get_all_start_methods

import pytest

MENU = {"soup": 6, "fish": 14, "cake": 5, "tea": 2}
DINNER = ["soup", "fish", "cake", "tea", "fish"]

# How multiprocessing names the processes of each method. A name of the student's own tells nothing.
NAMED = {"fork": r"Fork(?!Server)", "spawn": "Spawn", "forkserver": "ForkServer"}
BY_DEFAULT = r"Process-\d"


def what_is_wrong(value: object, dishes: list[str], surcharge: int) -> str:
    """The likely cause of receipts and takings that are not right; nothing if they are."""
    if not isinstance(value, tuple | list) or len(value) != 2 or not isinstance(value[0], list):
        return "The result is no pair of receipts and takings.\nNext: return both, in this order (task 3)."
    receipts, takings = value
    if not all(isinstance(receipt, tuple | list) and len(receipt) == 3 for receipt in receipts):
        return "A receipt is not what sell returns.\nNext: return what each call of sell(…) gave (task 3)."
    if [receipt[0] for receipt in receipts] != dishes:
        return (
            "The receipts are not those of the dishes, one each, in their order.\n"
            "Next: have sell called once for each dish, and keep the order (task 3): a pool's map does."
        )
    prices = [receipt[1] for receipt in receipts]
    if prices == [MENU[dish] for dish in dishes] and surcharge and dishes:
        return (
            "The prices lack today's surcharge: the workers have the 0 that stands in the file. A global "
            "that the main process sets is inherited under fork only; under spawn and forkserver a child "
            "imports the file, and begins with what stands there.\n"
            "Next: hand the surcharge over when the worker starts, by initargs or args, and set it there "
            "(tasks 1 and 3)."
        )
    if prices != [MENU[dish] + surcharge for dish in dishes]:
        return (
            "The prices are wrong.\nNext: keep sell as it is; hand todays_surcharge over as it is (task 1)."
        )
    return wrong_takings(takings, sum(prices))


def wrong_takings(takings: object, expected: int) -> str:
    """The likely cause of takings that are not those of the receipts; nothing if they are."""
    if takings == expected:
        return ""
    if takings == 0:
        return (
            "The receipts are right, the till is empty: each worker put its money into a till of its own.\n"
            "Next: make one shared till before the workers start, and hand that one to each (tasks 2 and 3)."
        )
    return (
        f"The receipts add up to {expected}, and the till says otherwise.\n"
        "Next: make a new till, at 0, for every evening, and read its value when all is sold (tasks 2 and 3)."
    )


def expect(value: object, dishes: list[str], surcharge: int) -> None:
    """Fail the check, with the likely cause, unless receipts and takings are right."""
    if cause := what_is_wrong(value, dishes, surcharge):
        raise AssertionError(cause)


def sellers(value: object) -> list[str]:
    """The names of the processes that sold something."""
    return sorted({str(receipt[2]) for receipt in value[0]})


@pytest.mark.check(points=3)
def test_receipts_and_takings(student):
    """Receipts and takings are right"""
    expect(student.evening(DINNER, 3, student.start_method), DINNER, 3)


@pytest.mark.check(points=1)
def test_other_evenings(student):
    """Other evenings are right as well: another surcharge, or nothing sold"""
    for dishes, surcharge in ((["tea"], 0), ([], 5)):
        expect(student.evening(dishes, surcharge, student.start_method), dishes, surcharge)


@pytest.mark.check(points=4)
def test_every_start_method(student):
    """It uses the start method that it is told, whatever the default is"""
    for method in get_all_start_methods():
        if method == student.start_method:
            continue
        value = student.evening(DINNER, 3, method)
        expect(value, DINNER, 3)
        if others := [name for name in sellers(value) if is_of_another(name, method)]:
            raise AssertionError(
                f"Asked for {method}, it started processes by another method ({', '.join(others)}): Pool, "
                "Process and the rest of multiprocessing itself use the default.\n"
                f"Next: take them from get_context(method) (tasks 2 and 3)."
            )


def is_of_another(name: str, method: str) -> bool:
    """Whether a process's name says that it was not started by `method`."""
    known = [each for each, pattern in NAMED.items() if re.match(pattern, name)]
    return known != [method] if known else bool(re.match(BY_DEFAULT, name))


@pytest.mark.check(points=2)
def test_the_workers_sell(student):
    """The workers sell, not the main process"""
    value = student.evening(DINNER, 3, student.start_method)
    expect(value, DINNER, 3)
    if "MainProcess" in sellers(value):
        raise AssertionError(
            "The main process sold something itself: sell was called there, or by a thread of it.\n"
            "Next: let the workers of a pool, or processes of their own, call sell (task 3)."
        )


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """The workers have ended: nothing is left behind"""
    student.run("evening", DINNER, 3, student.start_method).left_nothing_behind()
