"""Grader of 05 producer_consumer: a queue between one producer and several consumers."""

from collections import Counter

import pytest

MENU = ["soup", "salad", "pasta", "fish", "cake", "tea", "nuts"]
BIG = [letter * 100_000 for letter in "abcdef"]  # each more than a pipe holds (64 KiB)

ENDED_EARLY = (
    "Dishes were lost: a consumer went home while there were still dishes to come. An empty queue is no "
    "end. What `empty()` answers is old the moment it is given: the next dish may be cooking, or on its way, "
    "because put() only hands it to a feeder thread, which writes it a little later. And a sentinel that is "
    "put before the last dish is also taken before it.\n"
    "Next: let a consumer stop at a sentinel only, and have it put after the last dish, by whoever "
    "knows that it is the last."
)


def what_is_wrong(value: object, items: list[str], consumers: int) -> str:
    """The likely cause of a result that is not right; nothing if it is right."""
    if value is None:
        return "The function returns nothing (None).\nNext: collect the results in a list and return it."
    if not isinstance(value, list):
        return f"The result is a {type(value).__name__}.\nNext: return a list of the plated dishes."
    if None in value:
        return (
            "A None is among the results: the sentinel was handed on as if it were a dish.\n"
            "Next: look at what you took from the queue before you hand anything on."
        )
    if not all(isinstance(dish, str) for dish in value):
        return (
            "The list has something other than text in it.\nNext: return what plate(…) gives, and only that."
        )
    expected = Counter(item.upper() for item in items)
    got = Counter(value)
    if got == expected:
        return ""
    if any(dish in items for dish in got):
        return "Some dishes were not plated.\nNext: a consumer hands on what plate(dish, pause) returns."
    if got - expected:
        return (
            "A dish was plated more than once, or belongs to nobody.\n"
            "Next: put each dish on the queue once; whichever consumer takes it, takes it from the others."
        )
    return why_lost(len(value), len(items), consumers)


def why_lost(got: int, sent: int, consumers: int) -> str:
    """The likely cause of too few results."""
    if got == 0:
        return (
            "Not one result arrived. Either the consumers went home before the first dish came: an empty "
            "queue is no end (what `empty()` answers is old the moment it is given, and what was put may not "
            "have been written yet by the queue's feeder thread), and a sentinel that somebody puts too "
            "early overtakes the dishes. Or each put its results into a list of its own, which the "
            "main process cannot see.\n"
            "Next: let a consumer stop at a sentinel only, have it put after the last dish, and put what is "
            "plated on the second queue."
        )
    if sent - got == sent % consumers and got % consumers == 0:
        return (
            "Just the rest is missing that is left when the dishes are divided by the consumers: each one "
            "took a fixed share, or a fixed number of results was collected.\n"
            "Next: let each consumer take dishes until the sentinel comes, however many that are."
        )
    return ENDED_EARLY


def expect(value: object, items: list[str], consumers: int) -> None:
    """Fail the check, with the likely cause, unless `value` has every item plated once."""
    if cause := what_is_wrong(value, items, consumers):
        raise AssertionError(cause)


@pytest.mark.check(points=2)
def test_every_dish_once(student):
    """One consumer, or three, plate every dish exactly once"""
    for consumers in (1, 3):
        expect(student.relay(MENU, consumers), MENU, consumers)


@pytest.mark.check(points=1, start_methods="first")
def test_nothing_to_do(student):
    """Without a dish it ends as well"""
    expect(student.relay([], 2), [], 2)


@pytest.mark.check(points=2, start_methods="first")
def test_slow_cook(student):
    """When the dishes come slowly, nobody takes the waiting for the end"""
    slow = MENU[:3]
    # A consumer that starts late by one dish finds the next ones as they come, and never has to wait. On a
    # busy machine it may be so late by chance, a seventh of a second has been seen, but hardly by either.
    for pause in (0.06, 0.4):
        expect(student.relay(slow, 3, pause), slow, 3)


@pytest.mark.check(points=2, start_methods="first")
def test_big_dishes(student):
    """Big dishes get through as well: 100 000 characters each"""
    expect(student.relay(BIG, 2), BIG, 2)


@pytest.mark.check(points=1, start_methods="first")
def test_all_are_processes(student):
    """The producer and the consumers are processes, and all of them are there at once"""
    dishes = MENU[:5]
    for pause in (0.02, 0.06, 0.15):  # a busy machine may see too little of a short run, never too much
        run = student.run("relay", dishes, 2, pause)
        expect(run.value, dishes, 2)
        if run.at_once >= 3:
            return
    at_once = run.at_once
    assert at_once >= 3, why_not_at_once(run.processes)


def why_not_at_once(processes: int) -> str:
    """The likely cause of fewer than three processes at the same time, by how many there were at all."""
    if processes == 0:
        return (
            "No other process was seen: everything ran in the main process, perhaps in threads.\n"
            "Next: start one Process for the producer and one for each consumer (task 3)."
        )
    if processes < 3:
        return (
            "With two consumers there should be three processes: one for the producer, and one for each "
            "consumer.\n"
            "Next: start one Process for the producer and `consumers` processes that take from the queue."
        )
    return (
        "The processes were never all there at once: one was joined before the others were started.\n"
        "Next: start all of them first; join when the results have been collected."
    )


@pytest.mark.check(points=2, start_methods=["fork"])
def test_at_the_same_time(student):
    """Cooking and plating go on at the same time

    Cause: Cooking and plating took as long as one after the other: the first dish was plated only
    when the last one had been cooked.
    Next: Put each dish on the queue as soon as it is cooked, and start the consumers before you
    wait for the producer.
    """
    dishes = MENU[:6]
    # Slow starts on a busy machine must not look like cooking first and plating then, so there are more
    # tries with longer dishes. One after the other never takes less than the sum, however long they are.
    for pause in (0.05, 0.1, 0.2):
        run = student.run("relay", dishes, 1, pause)
        expect(run.value, dishes, 1)
        one_after_the_other = 2 * len(dishes) * pause
        seconds, at_most = round(run.seconds, 3), round(0.8 * one_after_the_other, 3)
        if seconds < at_most:
            return
    assert seconds < at_most


@pytest.mark.check(points=1, start_methods=["fork"])
def test_waiting_is_free(student):
    """Whoever waits for a dish leaves the CPU to others

    Cause: A busy wait: while it waited for the next dish, a process asked again and again whether
    one is there (get_nowait or empty in a loop), and kept a core busy with it.
    Next: Call get() without a timeout. It sleeps until something comes.
    """
    dishes = MENU[:4]
    for seconds in (0.2, 0.4, 0.6):
        run = student.run("relay", dishes, 2, seconds)
        expect(run.value, dishes, 2)
        share_of_a_core = round(run.cpu_seconds / run.seconds, 2)
        # To start three processes takes some 0.03 s of CPU, and a manager with an executor 0.1 s, which may
        # be too much of a short run. Who asks all the time gets a core, but where everybody wants one perhaps
        # less than a tenth. What is started takes no such share as to make a longer run worth while.
        if share_of_a_core < 0.04:
            return
        if share_of_a_core > 0.6:
            break
    assert share_of_a_core < 0.04


@pytest.mark.check(points=2, kind="races")
def test_no_order_loses_a_dish(interleavings):
    """No order of steps loses a dish or ends in a deadlock"""
    dishes = MENU[:5]
    interleavings.explore("relay", dishes, 2).always_true(
        lambda value: not what_is_wrong(value, dishes, 2),
        "not every dish plated once",
        because=lambda value: what_is_wrong(value, dishes, 2),
    )


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All processes end well and are joined: nothing is left behind"""
    run = student.run("relay", MENU[:4], 2)
    run.left_nothing_behind()
    if "Traceback" in run.printed:
        raise AssertionError(
            "A process ended by an exception. Was the sentinel plated like a dish? A sentinel is copied "
            "on its way through a queue: `is` finds None again, but not an object() of your own.\n"
            "Next: run the file and read the last line of the traceback; compare before you plate."
        )
