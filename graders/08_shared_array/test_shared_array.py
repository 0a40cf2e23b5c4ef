"""Grader of 08 shared_array: a histogram in a shared array, right and faster than one process."""

import random

import pytest

SIZES = 8
PRIME = 2**255 - 19


def size_of(potato: int, sizes: int) -> int:
    """The scale of the stub."""
    return pow(potato + 2, PRIME - 2, PRIME) % sizes


def serial(potatoes: list[int], sizes: int) -> list[int]:
    """One potato after another, in one process."""
    counts = [0] * sizes
    for potato in potatoes:
        counts[size_of(potato, sizes)] += 1
    return counts


def sack(potatoes: int, seed: int = 0) -> list[int]:
    """That many potatoes, each a number; always the same ones."""
    pick = random.Random(seed)
    return [pick.randrange(2**32) for _ in range(potatoes)]


def lorry(pick: random.Random, size: float) -> list[int]:
    """As many as it takes to see who is faster: other ones in each round."""
    return sack(round(1_500 * size), pick.randrange(2**32))


def likely_cause(value: object, potatoes: list[int], sizes: int) -> str:
    """What a wrong list of counts says about the program."""
    if value is None:
        return "The function returns nothing (None).\nNext: return a list of the counts (task 3)."
    if not isinstance(value, list) or len(value) != sizes:
        return "That is not a list with one count for each size.\nNext: return board[:], all of it (task 3)."
    total = sum(value)
    if total == 0:
        return (
            "The chefs do not share one board: each process counted on a copy of its own, or none was waited "
            "for.\nNext: make one Array before the processes start, hand it to each in args, join them all."
        )
    if total > len(potatoes):
        return (
            "Potatoes were counted more than once: two chefs got the same ones.\n"
            "Next: give each chef a part of the list, so that each potato is in one part only (task 1)."
        )
    if total < len(potatoes):
        return (
            "Potatoes are missing. Lost updates: two chefs read the same count, both added to it, and both "
            "wrote it back. Or a rest of the list was given to nobody, because it cannot be divided by the "
            "chefs.\n"
            "Next: hold the board's lock from the read to the write (task 2); let the parts come to all of "
            "the list (task 1)."
        )
    return "All are counted, but not each in the line of its size.\nNext: board[size] += 1 (task 2)."


def expect(value: object, potatoes: list[int], sizes: int) -> None:
    """Fail the check, with the likely cause, unless the counts are right."""
    expected = serial(potatoes, sizes)
    assert value == expected, likely_cause(value, potatoes, sizes)


@pytest.mark.check(points=2)
def test_every_potato_is_counted(student):
    """Every potato is counted once, whether or not they can be divided by the chefs"""
    for potatoes, sizes, chefs in student.cases((41, 4, 3), (60, 5, 3), (2, 3, 3), (9, 1, 1)):
        expect(student.histogram(sack(potatoes), sizes, chefs), sack(potatoes), sizes)


@pytest.mark.check(points=1, start_methods="first")
def test_each_chef_is_a_process(student):
    """Three chefs are three processes, at work at the same time"""
    # Processes are seen every few milliseconds: on a busy machine a small sack may be too little for that.
    for potatoes in (200, 1_000, 5_000):
        run = student.run("histogram", sack(potatoes), SIZES, 3)
        if run.at_once >= 3:
            return
    at_once = run.at_once
    assert at_once >= 3, why_not_at_once(run.processes)


def why_not_at_once(processes: int) -> str:
    """The likely cause of fewer than three processes at the same time, by how many there were at all."""
    if processes == 0:
        return (
            "Everything ran in the main process, perhaps in threads, of which only one at a time runs Python "
            "code (the GIL).\nNext: start one Process for each chef (task 1)."
        )
    if processes < 3:
        return "There are fewer processes than chefs.\nNext: start one Process for each chef (task 1)."
    return (
        "The chefs were never all there at once: one was joined before the next one was started.\n"
        "Next: start all of them first, and join them in a second loop (task 1)."
    )


@pytest.mark.check(points=4, kind="races")
def test_no_count_is_lost(interleavings):
    """No order of steps loses a potato"""
    potatoes, sizes = [7, 7, 7, 7], 2  # all of one size: both chefs add in the same line
    interleavings.explore("histogram", potatoes, sizes, 2).always(
        serial(potatoes, sizes), because=lambda value: likely_cause(value, potatoes, sizes)
    )


@pytest.mark.check(points=4, kind="speedup")
def test_faster_than_one_chef(speedup):
    """Several chefs are faster than one"""
    chefs = max(2, speedup.cores)
    speedup.of("histogram", lorry, SIZES, chefs).over(serial, lorry, SIZES).at_least()


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All chefs are joined: nothing is left behind"""
    student.run("histogram", sack(20), SIZES, 2).left_nothing_behind()
