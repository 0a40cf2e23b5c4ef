"""Grader of 12 chatty_workers: the same work with few messages.

Messages are counted by the kernel, as write calls of all of the program's processes. It is asked how
many more there are for more slips: what starting and ending takes is the same for both.
"""

from collections import Counter
from functools import cache

import pytest

MENU = ("soup", "salad", "pasta", "fish", "cake")
SLIPS = 2_000
SLIPS_A_MESSAGE = 50  # at least, on average
BANQUET = 8_000


@cache
def read_slip(number: int) -> str:
    """What `read_slip` of the stub gives; the baseline never comes from the student's file."""
    for _ in range(200):
        number = (number * 1_103_515_245 + 12_345) % 2**31
    return MENU[(number >> 16) % len(MENU)]


def serial(slips: int) -> dict[str, int]:
    """One slip after another, in one process."""
    return dict(Counter(read_slip.__wrapped__(number) for number in range(slips)))


def banquet(random, size: float) -> int:
    """How many slips to count for a measurement: another number in each round."""
    return round(BANQUET * size) + random.randrange(100)


def what_is_wrong(value: object, slips: int, workers: int) -> str:
    """The likely cause of a result that is not right; nothing if it is right."""
    if value is None:
        return "The function returns nothing (None).\nNext: return the dict of all orders (task 3)."
    if type(value) is not dict:
        kind = type(value).__name__
        return f"The result is a {kind}, not a dict.\nNext: return a dict from dish to number (task 3)."
    if not all(type(number) is int for number in value.values()):
        kind = next(type(number).__name__ for number in value.values() if type(number) is not int)
        return f"The dict has a {kind} in it.\nNext: the value of a dish is how often it was ordered: an int."
    expected = Counter(read_slip(number) for number in range(slips))
    if +Counter(value) == expected:
        return ""
    got, sent = sum(value.values()), expected.total()
    if got == workers * sent:
        return (
            f"Everything was counted {workers} times: each worker counted all of the slips.\n"
            "Next: give each worker a share of its own, from one number to another (task 2)."
        )
    if got == sent:
        return "The numbers are not what stands on the slips.\nNext: use read_slip as it is given (task 1)."
    if got > sent:
        return (
            f"{got} orders were counted on {sent} slips: some slips are in two shares.\n"
            "Next: let each share begin with the number at which the one before it ends (task 2)."
        )
    if workers > 1 and abs(got - sent // workers) <= workers:
        return (
            f"{got} of {sent} slips were counted, about as many as one worker's share: the partial results "
            "replaced each other.\n"
            "Next: add them up; a dict's update() replaces, a Counter's update() adds (task 3)."
        )
    return (
        f"Of {sent} slips, {got} were counted. What is left over at the end is easily lost: when the slips "
        "are divided by the workers and rounded down, or when a batch is sent only once it is full.\n"
        "Next: put every slip into a share (task 2), and send what is left when the loop ends (task 1)."
    )


def expect(value: object, slips: int, workers: int) -> None:
    """Fail the check, with the likely cause, unless `value` is right."""
    if cause := what_is_wrong(value, slips, workers):
        raise AssertionError(cause)


@pytest.mark.check(points=2)
def test_every_slip_once(student):
    """Every slip is counted once, for any number of slips and workers"""
    for slips, workers in student.cases((59, 3), (260, 2), (7, 1), (2, 3), (0, 2)):
        expect(student.count_orders(slips, workers), slips, workers)


@pytest.mark.check(points=1, start_methods=["fork"])
def test_as_many_as_asked_for(student):
    """As many workers as asked for count at the same time"""
    # Workers that are started on a busy machine may be ready before the last one begins: so there are
    # more tries with more slips. More slips never make one process look like three.
    for slips in (3_000, 20_000):
        run = student.run("count_orders", slips, 3)
        expect(run.value, slips, 3)
        if run.at_once >= 3:
            return
    if run.processes == 0:
        raise AssertionError(
            "No process was seen at work: the main process counted, perhaps in threads.\n"
            "Next: start a Process for each share (task 2)."
        )
    raise AssertionError(
        f"At most {run.at_once} workers were there at the same time, and 3 were asked for.\n"
        "Next: start as many as `workers` says, all of them before you wait for the first (task 2)."
    )


@pytest.mark.check(points=4, start_methods="first")
def test_few_messages(student):
    """More slips do not mean more messages"""
    writes = []
    for slips in (SLIPS, 2 * SLIPS):
        run = student.run("count_orders", slips, 2)
        expect(run.value, slips, 2)
        writes.append(run.writes)
    more = writes[1] - writes[0]
    if more > SLIPS // SLIPS_A_MESSAGE:
        raise AssertionError(
            f"For {SLIPS:,} slips more, the processes sent {more:,} messages more: {more / SLIPS:.1f} for "
            "each slip. Each takes longer than to read the slip. A put, a send, a task, a result, and each "
            "use of a manager's dict is a message (with a manager's dict it is one there and one back).\n"
            "Next: count in a variable of the worker's own, and send the result when its share is done "
            "(task 1)."
        )


@pytest.mark.check(points=3, kind="speedup")
def test_two_workers_beat_one_process(speedup):
    """Two workers are faster than one process"""
    speedup.of("count_orders", banquet, 2).over(serial, banquet).at_least()


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All workers are joined: nothing is left behind"""
    run = student.run("count_orders", 500, 2)
    expect(run.value, 500, 2)
    run.left_nothing_behind()
