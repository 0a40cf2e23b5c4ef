"""Grader of 04 factorials: work for the CPU, done by several processes at the same time."""

import math
import os
import random
from functools import cache

import pytest

SOMETHING = random.SystemRandom().randrange(2**126, 2**127)  # as good as a look at every digit
BIG = [150_000, 50_000, 100_000]  # the biggest first: who returns the first ready first is found out


def banquet(random, size: float) -> list[int]:
    """Some small numbers, then two that are 95 % of the work: other ones in each round.

    Handed out one at a time, two workers get a big one each. In eight equal pieces of the list (what map
    makes of it for two workers), both are in the last piece. No more numbers than that: workers are woken for
    each, and where other programs keep a core busy, who is woken often looks like one that takes turns.
    """
    big = round(90_000 * size**0.6)  # a factorial of n costs about n to the power of 1.7
    return [*range(500, 3_020, 180), *(big + random.randrange(500) for _ in range(2))]


def serial(numbers: list[int]) -> list[int]:
    """One factorial after another, in one process."""
    return [math.factorial(number) for number in numbers]


@cache
def remainder(number: int) -> int:
    """What a factorial leaves when it is divided by SOMETHING.

    150 000! has 0.7 million digits: to calculate it takes longer than all else here. Without it the remainder
    is 150 000 small steps, and nobody can make up another number that leaves the same one.
    """
    left = 1
    for factor in range(2, number + 1):
        left = left * factor % SOMETHING
    return left


def what_is_wrong(value: object, numbers: list[int]) -> str:
    """The likely cause of a result that is not right; nothing if it is right."""
    expected = [remainder(number) for number in numbers]
    if value is None:
        return "The function returns nothing (None).\nNext: put the results into a list and return it."
    if isinstance(value, dict):
        return "The result is a dict, not a list.\nNext: return the values alone, in the order of `numbers`."
    if not isinstance(value, list):
        kind = type(value).__name__
        return f"The result is a {kind}, not a list of integers.\nNext: make a list of it: list(…)."
    if not all(type(item) is int for item in value):
        kind = next(type(item).__name__ for item in value if type(item) is not int)
        return (
            f"The list has a {kind} in it where an integer belongs.\nNext: return the factorials as they are."
        )
    got = [item % SOMETHING for item in value]
    if got == expected:
        return ""
    if sorted(got) == sorted(expected):
        return (
            "All factorials are right, but they are in the wrong order: not in that of `numbers`.\n"
            "Next: Pool.map gives results in the order of the items, whichever is ready first; "
            "imap_unordered, as_completed and a queue do not."
        )
    if len(value) > len(expected):
        return "There are more results than numbers: was a number calculated twice, or by every process?"
    if len(value) < len(expected):
        return "Results are missing: was a number given to nobody, or a process not waited for?"
    return "At least one result is not the factorial of its number."


def expect(value: object, numbers: list[int]) -> None:
    """Fail the check, with the likely cause, unless `value` is right."""
    # No plain assert: pytest would write out numbers of a million digits.
    if cause := what_is_wrong(value, numbers):
        raise AssertionError(cause)


@pytest.mark.check(points=2)
def test_small_numbers(student):
    """Small numbers come out right, in a list"""
    for numbers in ([5, 3, 0, 1, 10], [7], [20, 20, 4]):
        expect(student.factorials(numbers), numbers)


@pytest.mark.check(points=2, start_methods="first")
def test_big_numbers_in_order(student):
    """150 000!, 50 000! and 100 000! come out right, in that order"""
    expect(student.factorials(BIG), BIG)


@pytest.mark.check(points=2, start_methods="first")
def test_several_at_once(student):
    """Several processes are at work at the same time"""
    run = student.run("factorials", [30_000 + step for step in range(16)])
    # On a machine with a single core, a Pool() of one worker is the right size.
    wanted = 2 if (os.cpu_count() or 1) > 1 else 1
    assert run.at_once >= wanted, why_not_at_once(run.processes)


def why_not_at_once(processes: int) -> str:
    """The likely cause of fewer than two processes at the same time, by how many there were at all."""
    if processes == 0:
        return (
            "Everything ran in the main process. Threads do not help with work for the CPU: only one "
            "thread of a process runs Python code at a time (the GIL).\n"
            "Next: use processes: a Pool, or a ProcessPoolExecutor."
        )
    if processes == 1:
        return (
            "There was only one worker, so the numbers are still calculated one after another.\n"
            "Next: make as many workers as there are cores: Pool(os.cpu_count())."
        )
    return (
        "There were several processes, but never two at the same time: each was started and joined "
        "before the next one was started.\n"
        "Next: start all of them first and join them afterwards, or let a Pool do it."
    )


@pytest.mark.check(points=4, kind="speedup")
def test_faster_than_serial(speedup):
    """It is faster than one process, even when the big numbers come last"""
    speedup.of("factorials", banquet).over(serial, banquet).at_least()


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All workers have ended: nothing is left behind"""
    student.run("factorials", [2_000, 3_000, 4_000]).left_nothing_behind()
