"""Grader of 07 pipes: a server behind a pipe, which ends when the pipe does."""

import pytest

ORDERS = ["soup", "salad", "roast", "cake"]
BIG = [letter * 500_000 for letter in "abc"]  # each more than a pipe or a socket holds


def what_is_wrong(value: object, orders: list[str]) -> str:
    """The likely cause of answers that are not those to `orders`; nothing if they are."""
    expected = [order.upper() for order in orders]
    if value is None:
        return "The function returns nothing (None).\nNext: return the list of answers (task 3)."
    if not isinstance(value, list):
        return f"The result is a {type(value).__name__}.\nNext: return a list of the answers (task 3)."
    if value == expected:
        return ""
    if sorted(map(str, value)) == sorted(expected):
        return (
            "The right answers in the wrong order: two processes or threads use one end of the pipe at the "
            "same time, and whoever comes first takes the next message, whomever it was meant for.\n"
            "Next: let one process use an end, and take the answer to an order before you send the next "
            "(task 3)."
        )
    if value == orders[: len(value)] and value:
        return "These are the orders themselves.\nNext: send back what prepare(…) returns (task 1)."
    if value == expected[: len(value)]:
        return (
            f"{len(value)} answers to {len(expected)} orders: the rest were never waited for. A poll() with "
            "a time limit says only that nothing has come yet; a kitchen that needs longer is not closed.\n"
            "Next: take each answer with recv(), which waits, and stop at EOFError only (task 3)."
        )
    return (
        "These are not the answers to the orders: some are lost, double, or mixed up.\n"
        "Next: one send() and one recv() for each order, by one process on each side (tasks 1 and 3)."
    )


def expect(run, orders: list[str]) -> None:
    """Fail the check, with the likely cause, unless the run's value has the answers to `orders`."""
    cause = what_is_wrong(run.value, orders)
    guest_left = "BrokenPipeError" in run.printed or "ConnectionResetError" in run.printed
    if cause and "Traceback" in run.printed and not guest_left:
        cause = (
            "The kitchen ended by an exception, so answers are missing. Its traceback is shown with this.\n"
            "Next: read the last line of the traceback, and the line of your file that it names (task 1)."
        )
    if cause:
        raise AssertionError(cause)


@pytest.mark.check(points=2)
def test_every_order_is_answered(student):
    """Every order is answered, in the order of the orders"""
    expect(student.run("serve", ORDERS), ORDERS)


@pytest.mark.check(points=1, start_methods="first")
def test_no_orders(student):
    """Without an order the kitchen closes as well"""
    expect(student.run("serve", []), [])


@pytest.mark.check(points=2, start_methods="first")
def test_big_orders(student):
    """Big orders and answers get through as well: 500 000 characters each"""
    expect(student.run("serve", BIG), BIG)


@pytest.mark.check(points=1, start_methods="first")
def test_the_kitchen_is_a_process(student):
    """The kitchen is a process of its own, and a slow one is waited for

    Cause: No other process was seen at work: the main process prepared the orders, or its threads did.
    Next: Make `kitchen` the target of a Process (task 2), and send it the orders (task 3).
    """
    run = student.run("serve", ORDERS[:2], 0.15)
    expect(run, ORDERS[:2])
    assert run.processes >= 1


@pytest.mark.check(points=2)
def test_a_kitchen_that_dies(student):
    """If the kitchen dies, serve returns the answers that it has

    Cause: An empty order ends the kitchen by an exception; the answers before it are the result.
    Next: Catch EOFError around the loop that asks, and return what you have (task 3).
    """
    # Nobody can prepare an empty order: the kitchen's process ends by an exception.
    assert student.serve(["soup", "", "cake"]) == ["SOUP"]


@pytest.mark.check(points=3)
def test_a_guest_who_walks_out(student):
    """If the guest leaves without a word, the kitchen ends by itself, and ends well"""
    code = student.walk_out("tea")
    assert code == 0, why_badly(code)


def why_badly(code: object) -> str:
    """The likely cause of a kitchen that did not end with 0 when the guest had left."""
    if code == 1:
        return (
            "The kitchen ended by an exception: when the other end is closed, recv() raises EOFError, and "
            "nobody caught it. A word agreed on for the end (a sentinel) does not help here, because this "
            "guest says nothing at all.\n"
            "Next: catch EOFError around the kitchen's recv(), and leave the loop (task 1)."
        )
    return (
        "walk_out returns the exit code of the kitchen's process; 0 means that it ended well.\n"
        "Next: return the kitchen's process from open_kitchen (task 2), and keep walk_out as it is."
    )


@pytest.mark.check(points=2, kind="races")
def test_no_order_of_steps_mixes_answers(interleavings):
    """No order of steps mixes up the answers or ends in a deadlock"""
    orders = ORDERS[:3]
    interleavings.explore("serve", orders).always(
        [order.upper() for order in orders], because=lambda value: what_is_wrong(value, orders)
    )


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """The kitchen is joined: nothing is left behind"""
    student.run("serve", ORDERS).left_nothing_behind()
