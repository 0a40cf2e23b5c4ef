"""Grader of 14 the_pass: a bounded buffer, whose waiters look again when they have been woken."""

import pytest

Evening = tuple[list[list[int]], list[int], int]
"""What `serve` is called with: a menu for each cook, how many dishes each runner carries, places."""

EVENINGS: list[Evening] = [
    ([[1, 2, 3, 4, 5]], [5], 2),
    ([[1, 2, 3], [11, 12, 13]], [2, 4], 1),
    ([[1], [11], [21, 22, 23]], [2, 3], 4),
]
NOTHING = 0


def what_is_wrong(value: object, evening: Evening) -> str:
    """The likely cause of an evening that went wrong; nothing if it went right."""
    menus, _, places = evening
    if not isinstance(value, tuple) or len(value) != 2:
        return "That is not what `serve` of the stub returns.\nNext: keep `serve` as the stub has it."
    trays, most = value
    got = [dish for tray in trays for dish in tray]
    if most > places:
        return (
            f"Too many dishes: {most} stood on a shelf of {places}. Whoever waits for room is "
            "woken, and by the time it comes to lay its dish another cook may have taken the place.\n"
            "Next: let a cook look again after each wait: `while` the shelf is full, not `if` (task 2)."
        )
    if most == 0 and NOTHING not in got:
        return (
            "The dishes did not go over the shelf.\n"
            "Next: let put call self.shelf.lay(dish), and take self.shelf.lift()."
        )
    if NOTHING in got:
        return (
            "A runner came with an empty tray (0): it lifted from an empty shelf, or while another process "
            "was at it. Whoever waits for a dish is woken, and when it comes to lift it another runner "
            "may have taken it.\n"
            "Next: let a runner look again after each wait (`while` the shelf is empty, not `if`), and lift "
            "in the same `with` block (task 3)."
        )
    if sorted(got) != sorted(dish for menu in menus for dish in menu):
        return (
            "A dish was lost, or carried twice: two processes were at the shelf at the same moment.\n"
            "Next: let all of put and all of take hold one and the same lock while they look at the shelf "
            "and change it."
        )
    if not all(is_in_order(tray, menu) for tray in trays for menu in menus):
        return (
            "A dish has overtaken an earlier one of the same cook.\n"
            "Next: first in, first out: the shelf's lay and lift do it."
        )
    return ""


def is_in_order(tray: list[int], menu: list[int]) -> bool:
    """Whether a runner got the dishes of one cook in the order in which they were made."""
    mine = [dish for dish in tray if dish in menu]
    return mine == sorted(mine)


def expect(value: object, evening: Evening) -> None:
    """Fail the check, with the likely cause, unless every dish was carried once."""
    if cause := what_is_wrong(value, evening):
        raise AssertionError(cause)


@pytest.mark.check(points=2)
def test_every_dish_is_carried(student):
    """Every dish is carried once, and never are there more than places"""
    for evening in student.cases(*EVENINGS):
        expect(student.serve(*evening), evening)


@pytest.mark.check(points=1, start_methods="first")
def test_slow_cook(student):
    """When the dishes come slowly, no runner goes with an empty tray"""
    evening = ([[1, 2, 3]], [1, 1, 1], 2)
    expect(student.serve(*evening, 0.1), evening)


@pytest.mark.check(points=2, start_methods="first")
def test_all_places_are_used(student):
    """A cook goes on as long as there is room: all three places fill up

    Cause: The cook waited although there was room: fewer dishes than places stood on the pass, while the
    runner was on its way.
    Next: Let put wait only while the shelf is full (task 2).
    """
    evening = ([[1, 2, 3, 4, 5]], [5], 3)
    for carrying in (0.05, 0.3, 1.0):  # on a busy machine the cook may be slower than a quick runner
        value = student.serve(*evening, 0.0, carrying)
        expect(value, evening)
        most = value[1]
        if most == 3:
            return
    assert most == 3


@pytest.mark.check(points=2, start_methods=["fork"])
def test_waiting_is_free(student):
    """Whoever waits leaves the CPU to others

    Cause: A busy wait: while it waited for room, or for a dish, a process looked again and again, and kept
    a core busy with it.
    Next: Call wait() of a Condition, or acquire() of a Semaphore. It sleeps until somebody has news.
    """
    evening = ([[1, 2, 3], [11]], [2, 2], 1)
    for pauses in ((0.4, 0.0), (0.0, 0.5)):
        for part in (1.0, 2.0):
            run = student.run("serve", *evening, *(part * seconds for seconds in pauses))
            expect(run.value, evening)
            share_of_a_core = round(run.cpu_seconds / run.seconds, 2)
            # To start four processes takes some 0.03 s of CPU, which may be too much of a short run. Who
            # looks all the time gets half of a core, but where everybody wants one perhaps less than a tenth.
            if not 0.04 <= share_of_a_core <= 0.6:
                break
        assert share_of_a_core < 0.04


def never_goes_wrong(interleavings, evening: Evening) -> None:
    """Explore an evening: every dish is carried once, whatever the order of steps."""
    interleavings.explore("serve", *evening).always_true(
        lambda value: not what_is_wrong(value, evening),
        "not every dish carried once",
        because=lambda value: what_is_wrong(value, evening),
    )


@pytest.mark.check(points=1, kind="races")
def test_two_places_in_any_order(interleavings):
    """Two places, so that two can be at the shelf: no order of steps loses a dish"""
    never_goes_wrong(interleavings, ([[1], [11]], [2], 2))


@pytest.mark.check(points=3, kind="races")
def test_one_place_in_any_order(interleavings):
    """One place, and both sides wait: no order of steps loses a dish or ends in a deadlock"""
    never_goes_wrong(interleavings, ([[1, 2], [11]], [1, 2], 1))


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All processes have ended: nothing is left behind"""
    student.run("serve", [[1, 2]], [2], 1).left_nothing_behind()
