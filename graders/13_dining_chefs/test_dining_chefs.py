"""Grader of 13 dining_chefs: a lock for each knife, and one order in which everybody takes them."""

import pytest


def what_is_wrong(value: object, meals: list[int]) -> str:
    """The likely cause of an evening that went wrong; nothing if it went right."""
    if not isinstance(value, tuple) or len(value) != 2 or len(value[0]) != len(meals):
        return "That is not what `dine` of the stub returns.\nNext: keep its last line as the stub has it."
    eaten, at_once = value
    if eaten == meals:
        return ""
    if not any(eaten) and not at_once:  # in step, without locks, all eat and no meal of any counts
        return (
            "Nobody has eaten: no chef was waited for, each one's process ended by an exception, or all of "
            "them gave up a meal when a knife was not free.\n"
            "Next: run the file; a traceback is printed if there was one. Let each chef wait for the knives, "
            "and join every chef (task 1)."
        )
    if any(got > meant for got, meant in zip(eaten, meals, strict=True)):
        return "A chef has eaten more often than told to.\nNext: call table.eat once for each meal."
    return (
        "Meals are missing. One does not count if a neighbour uses the same knife meanwhile: then two chefs "
        "had that knife in their hands. Or a chef gave up a meal, or was not waited for.\n"
        "Next: make the locks once, before the processes, and hand all chefs the same ones; hold the locks "
        "of both knives for as long as eat runs."
    )


def expect(value: object, meals: list[int]) -> None:
    """Fail the check, with the likely cause, unless every chef has eaten as often as told to."""
    if cause := what_is_wrong(value, meals):
        raise AssertionError(cause)


@pytest.mark.check(points=2)
def test_everybody_eats(student):
    """Every chef eats as often as told to, with two knives each time"""
    for meals in student.cases([2, 0, 1], [3, 3, 3, 3, 3]):
        expect(student.dine(meals, 0.002), meals)


@pytest.mark.check(points=1, start_methods=["fork"])
def test_each_chef_is_a_process(student):
    """Five chefs are five processes, and all of them are at the table at once"""
    for pause in (0.02, 0.1, 0.3):  # a busy machine may see too little of a short run, never too much
        run = student.run("dine", [1] * 5, pause)
        expect(run.value, [1] * 5)
        if run.at_once >= 5:
            return
    at_once = run.at_once
    assert at_once >= 5, why_not_at_once(run.processes)


def why_not_at_once(processes: int) -> str:
    """The likely cause of fewer than five processes at the same time, by how many there were at all."""
    if processes == 0:
        return (
            "No other process was seen: all of it ran in the main process, perhaps in threads.\n"
            "Next: start one Process for each chef (task 1)."
        )
    if processes < 5:
        return "There are fewer processes than chefs.\nNext: start one Process for each chef (task 1)."
    return (
        "The chefs were never all there at once: one was joined before the next one was started.\n"
        "Next: start all of them first, and join them in a second loop."
    )


@pytest.mark.check(points=3, start_methods=["fork"])
def test_two_eat_at_once(student):
    """Two chefs who share no knife eat at the same time

    Cause: Chef 0 and chef 2 share no knife, and yet they ate one after the other: they wait for one lock
    that is held during the whole meal, or for each other.
    Next: Give each knife a lock of its own, and have a chef hold only those of its own two knives while
    it eats.
    """
    meals = [1, 0, 1, 0, 0]
    for pause in (0.1, 0.5, 2.0):  # on a busy machine one may have eaten before the other has begun
        value = student.dine(meals, pause)
        expect(value, meals)
        at_once = value[1]
        if at_once >= 2:
            return
    assert at_once >= 2


@pytest.mark.check(points=1, start_methods=["fork"])
def test_waiting_is_free(student):
    """Whoever waits for a knife leaves the CPU to others

    Cause: A busy wait: while it waited for a knife, a process asked again and again whether it is free,
    and kept a core busy with it.
    Next: Call acquire() without arguments, or use `with`. It sleeps until the lock is given back.
    """
    # Chef 0 shares a knife with each of the others, so somebody waits; three in a row are no circle.
    meals = [1, 1, 0, 0, 1]
    for seconds in (0.6, 1.2):
        run = student.run("dine", meals, seconds)
        expect(run.value, meals)
        share_of_a_core = round(run.cpu_seconds / run.seconds, 2)
        # To start five processes takes some 0.03 s of CPU, which may be too much of a short run. Who asks all
        # the time gets half of a core and more, but where everybody wants one perhaps less than a tenth.
        if share_of_a_core < 0.04:
            return
        if share_of_a_core > 0.6:
            break
    assert share_of_a_core < 0.04


def never_goes_wrong(interleavings, meals: list[int]) -> None:
    """Explore an evening: everybody eats, whatever the order of steps."""
    interleavings.explore("dine", meals).always_true(
        lambda value: not what_is_wrong(value, meals),
        f"not {meals} meals",
        because=lambda value: what_is_wrong(value, meals),
    )


@pytest.mark.check(points=2, kind="races")
def test_two_chefs_in_any_order(interleavings):
    """Two chefs who share both knives: no order of steps ends in a deadlock"""
    never_goes_wrong(interleavings, [2, 2])


@pytest.mark.check(points=2, kind="races")
def test_five_chefs_in_any_order(interleavings):
    """Five chefs: no order of steps ends in a deadlock, or lets two of them use one knife"""
    never_goes_wrong(interleavings, [1] * 5)


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All chefs are joined: nothing is left behind"""
    student.run("dine", [1, 1, 1]).left_nothing_behind()
