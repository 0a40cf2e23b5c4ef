"""Grader of 01 start_and_join: start all processes, join all, read their exit codes."""

import os

import pytest

DINNER = [("stew", 0.06), ("rice", 0.03), ("soup", 0.01)]  # the last started is the first ready


def wrong_codes(value: object, expected: list[int], processes: int) -> str:
    """The likely cause of exit codes that are not `expected`; nothing if they are."""
    if type(value) is list and value == expected:
        return ""
    if value is None:
        return "The function returns nothing (None).\nNext: return a list with the exit code of each process."
    if not isinstance(value, list):
        kind = type(value).__name__
        return f"The result is of type {kind}, not a list.\nNext: return a list, one exit code an order."
    if None in value and processes == 0:
        return (
            "An exit code of None, and no process was seen: it was made, but never started. run() does "
            "not start one; it calls the target in your own process.\n"
            "Next: call start() on each process (task 1)."
        )
    if None in value:
        return (
            "An exit code of None: that process was still running when you looked, so nobody had "
            "waited for it to end. A join with a time limit gives up when the time is over.\n"
            "Next: call join() on every process before you read its exitcode (task 2)."
        )
    if any(type(code) is not int for code in value):
        kind = next(type(code).__name__ for code in value if type(code) is not int)
        return f"There is a {kind} in the list.\nNext: return the exitcode of each process, as it is."
    if any(code < 0 for code in value):
        return (
            "A negative exit code: that process was killed (-15 is what terminate() does) before its dish "
            "was ready.\n"
            "Next: wait with join() instead of ending a chef at work (task 2)."
        )
    if len(value) != len(expected):
        return (
            f"{len(value)} exit codes for {len(expected)} orders.\n"
            "Next: return one for each order, also when there are none or only one (task 3)."
        )
    if expected.count(1) > value.count(1):
        return (
            "A dish was burnt and the list says that all went well: cook raised an exception in its process, "
            "whose exit code is 1.\n"
            "Next: return the exitcode of each process, not a number of your own (task 3)."
        )
    if sorted(value) == sorted(expected):
        return (
            "The right exit codes in the wrong order: they are not in that of the orders. Which process is "
            "ready first differs from run to run.\n"
            "Next: keep the processes in a list, in the order of the orders, and read their codes from "
            "it (task 3)."
        )
    return "A process ended badly though its dish was fine.\nNext: read what it printed; keep cook as it is."


def expect(value: object, expected: list[int], processes: int) -> None:
    """Fail the check, with the likely cause, unless the exit codes are right."""
    assert value == expected, wrong_codes(value, expected, processes)


@pytest.mark.check(points=2)
def test_every_dish_is_served(student):
    """Every dish is served before cook_all returns"""
    run = student.run("cook_all", DINNER)
    missing = [dish for dish, _ in DINNER if f"{dish}: served" not in run.printed]
    if missing:
        raise AssertionError(why_not_served(missing, run))


def why_not_served(missing, run) -> str:
    """The likely cause of dishes that nobody has served by the time the function returns."""
    if cause := wrong_codes(run.value, [0] * len(DINNER), run.processes + len(run.leftovers.processes)):
        return f"Not served: {', '.join(missing)}. {cause}"
    if run.leftovers.processes:
        return (
            f"Not served when cook_all returned: {', '.join(missing)}. Chefs were still at work: nobody had "
            "waited for them.\n"
            "Next: call join() on every process before you return (task 2)."
        )
    return (
        f"Nobody cooked: {', '.join(missing)}.\n"
        "Next: make cook the target of a process for each order, and keep cook as it is (task 1)."
    )


@pytest.mark.check(points=2, start_methods="first")
def test_one_exit_code_for_each_order(student):
    """It returns one exit code for each order: 0 for a dish that was served"""
    for orders in ([("stew", 0.15), ("tea", 0.0)], []):
        run = student.run("cook_all", orders)
        expect(run.value, [0] * len(orders), run.processes + len(run.leftovers.processes))


@pytest.mark.check(points=3, start_methods="first")
def test_all_cook_at_the_same_time(student):
    """All dishes cook at the same time: it takes as long as the longest"""
    # Slow starts on a busy machine must not look like cooking in turn, so there are more tries with
    # longer dishes. One after another never takes less than the sum, however long the dishes are.
    for seconds in (0.1, 0.2, 0.8, 1.5):
        run = student.run("cook_all", [("stew", seconds), ("rice", seconds), ("soup", seconds)])
        in_turn = run.seconds >= 3 * seconds
        if run.at_once >= 3 and not in_turn:
            return
    raise AssertionError(why_not_at_once(run, in_turn))


def why_not_at_once(run, in_turn: bool) -> str:
    """The likely cause of dishes that did not all cook at the same time in processes of their own."""
    # cook prints the name of its process: a hint at the cause, not at the points.
    if "MainProcess" in run.printed and in_turn:
        return (
            "The main process cooked, one dish after the other. Process(target=cook(dish, seconds)) calls "
            "cook on the spot, and makes a process that has nothing left to do. So does run() instead "
            "of start().\n"
            "Next: hand the function over without calling it, target=cook, args=(dish, seconds), and "
            "start() the process (task 1)."
        )
    if "MainProcess" in run.printed or (run.processes == 0 and not run.leftovers.processes):
        return (
            "No process was seen at work, so the dishes were not cooked by processes of their own: threads, "
            "for one, all live in one process.\n"
            "Next: make a multiprocessing.Process for each order (task 1)."
        )
    if run.leftovers.processes:
        return (
            "cook_all returned while chefs were still at work: nobody had waited for them.\n"
            "Next: call join() on every process before you return (task 2)."
        )
    if run.at_once == 1 and run.processes == 1:
        return (
            "There was a single chef, who cooked one dish after the other.\n"
            "Next: make a process for each order, not one for all of them (task 1)."
        )
    if run.at_once == 1:
        return (
            "There was never more than one chef at work: each was waited for before the next was started. "
            "That is what join() in the loop that starts them does.\n"
            "Next: start all of them in one loop; join them in a second loop, after it."
        )
    if run.at_once < 3:
        return (
            f"At most {run.at_once} of 3 chefs were at work at the same time.\n"
            "Next: start a process for each order, and wait for none before all are started (task 1)."
        )
    return (
        "All 3 processes were there, but the whole took as long as one dish after the other: the chefs wait "
        "for each other.\n"
        "Next: let each cook on its own, without a lock or a queue between them."
    )


@pytest.mark.check(points=2, start_methods="first")
def test_a_burnt_dish_is_reported(student):
    """A dish that goes wrong is reported by its exit code, and the others are served"""
    # Nobody can sleep for less than no time: cook raises ValueError, and its process ends with code 1.
    run = student.run("cook_all", [("burnt toast", -1.0), ("soup", 0.03)])
    expect(run.value, [1, 0], run.processes + len(run.leftovers.processes))


@pytest.mark.check(points=2, kind="races")
def test_codes_are_in_the_order_of_the_orders(interleavings, student):
    """The exit codes are in the order of the orders, whichever dish is ready first"""
    orders = [("stew", 0.03), ("tea", 0.01), ("burnt toast", -1.0)]
    interleavings.explore("cook_all", orders).always(
        [0, 0, 1], because=lambda value: wrong_codes(value, [0, 0, 1], len(orders))
    )
    # On a busy machine a short stew may be ready before the toast has so much as caught fire. Whoever reads
    # codes as they come does so under any start method: the quickest shows it.
    if student.start_method == "fork" or os.name == "nt":
        expect(student.cook_all([("stew", 0.5), ("burnt toast", -1.0)]), [0, 1], 2)


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All chefs are joined: nothing is left behind"""
    student.run("cook_all", DINNER).left_nothing_behind()
