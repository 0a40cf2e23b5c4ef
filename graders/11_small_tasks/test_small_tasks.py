"""Grader of 11 small_tasks: no process for little work, and large pieces of much work.

Neither is judged by the clock: processes are seen from outside, and the kernel counts the messages.
"""

import os
from itertools import count

import pytest

FIRST = 10**15  # 300 steps each, some 40 µs of work: less than it costs to send one number
FEW = 50
MANY = 4_000  # so many and more count as many, the lesson says
LONG = list(range(FIRST, FIRST + MANY))
UNEVEN = [*LONG, FIRST + MANY]  # no number of equal pieces
SPEEDY = 6_000  # for the clock


def steps(number: int) -> int:
    """What `steps` of the stub gives; the baseline never comes from the student's file."""
    taken = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        taken += 1
    return taken


def serial(numbers: list[int]) -> list[int]:
    """One number after another, in one process."""
    return [steps(number) for number in numbers]


counted = {1: 0}


def known(number: int) -> int:
    """The steps of a number; those of numbers next to each other soon run together, so it is quick."""
    way, at = [], number
    while at not in counted:
        way.append(at)
        at = at // 2 if at % 2 == 0 else 3 * at + 1
    counted.update(zip(reversed(way), count(counted[at] + 1)))
    return counted[number]


def many(_random, size: float) -> list[int]:
    """A long list, for a speedup; of half the size for a preview."""
    return list(range(FIRST, FIRST + round(SPEEDY * size)))


def what_is_wrong(value: object, numbers: list[int]) -> str:
    """The likely cause of a result that is not right; nothing if it is right."""
    expected = [known(number) for number in numbers]
    if type(value) is list and value == expected:
        return ""
    if value is None:
        return "The function returns nothing (None).\nNext: return the list, for few numbers and for many."
    if not isinstance(value, list):
        kind = type(value).__name__
        return f"The result is a {kind}, not a list.\nNext: return a list of integers, one for each number."
    if any(isinstance(item, list) for item in value):
        return (
            "There are lists in the list: one for each piece.\n"
            "Next: put the results of all pieces into one list; extend() adds the items of a list."
        )
    if len(value) < len(expected):
        return (
            f"{len(expected) - len(value)} of {len(expected)} results are missing. When a list is cut into "
            "equal pieces, some numbers are left over at its end.\n"
            "Next: see to it that every number is in one of the pieces; len(numbers) // pieces rounds down."
        )
    if len(value) > len(expected):
        return "There are more results than numbers.\nNext: give each number to one process only."
    if sorted(value) == sorted(expected):
        return "The results are in the wrong order.\nNext: keep the order of the numbers, as Pool.map does."
    return "At least one result is not the number of steps.\nNext: use steps as it is given."


def expect(value: object, numbers: list[int]) -> None:
    """Fail the check, with the likely cause, unless `value` is right."""
    expected = [known(number) for number in numbers]
    assert value == expected, what_is_wrong(value, numbers)


@pytest.mark.check(points=2)
def test_short_and_long(student):
    """Short lists and long ones come out right, in order"""
    for numbers in (UNEVEN, [], LONG[:1], LONG[:7], LONG[:FEW]):
        expect(student.count_steps(numbers), numbers)


@pytest.mark.check(points=3, start_methods="first")
def test_few_numbers_start_nothing(student):
    """For few numbers no process is started"""
    # A pool that is made for a few numbers lives for some hundredths of a second, in which it might not
    # be seen: so there are several lists. A program that starts nothing is never seen to.
    for length in (FEW, 1, 20, 3, 10, 30, 2, 40):
        run = student.run("count_steps", LONG[:length])
        expect(run.value, LONG[:length])
        if run.processes:
            raise AssertionError(why_started(run.processes, length))


def why_started(processes: int, length: int) -> str:
    """The likely cause of processes that a short list is not worth."""
    if processes > 0.6 * length and length > 1:  # one that ends at once may end unseen
        return (
            f"{processes} processes were seen for {length} numbers: a process for each. To start one "
            "takes hundreds of times as long as what it is to do.\n"
            "Next: a plain loop for few numbers (task 1), and a pool with few workers for many (task 2)."
        )
    return (
        f"Processes were started for a list of {length}: {processes} were seen. To start them takes longer "
        f"than the whole work on {FEW} numbers.\n"
        "Next: look at len(numbers) before you make the pool; for few, a plain loop (task 1)."
    )


@pytest.mark.check(points=1, start_methods="first")
def test_many_numbers_use_processes(student):
    """For many numbers several processes work at the same time"""
    # On a busy machine the first worker may be done before the last one begins: so there is one more try.
    for numbers in (LONG, list(range(FIRST, FIRST + 2 * MANY))):
        run = student.run("count_steps", numbers)
        expect(run.value, numbers)
        if run.at_once >= 2:
            return
    raise AssertionError(why_not_several(run.processes))


def why_not_several(processes: int) -> str:
    """The likely cause of fewer than two processes at the same time, by how many there were at all."""
    if processes == 0:
        return (
            f"For {MANY} numbers not one process was started: the main process did it all, perhaps in "
            "threads, of which only one at a time runs Python code.\n"
            "Next: use a pool of processes for a list as long as that (task 2)."
        )
    if processes == 1:
        return (
            "There was only one worker, so the numbers are still worked off one after another.\n"
            "Next: make as many workers as there are cores: Pool(os.cpu_count())."
        )
    return (
        "There were several processes, but never two at the same time.\n"
        "Next: start all of them before you wait for the first, or let a Pool do it."
    )


@pytest.mark.check(points=3, start_methods=["fork"])
def test_large_pieces(student):
    """Many numbers are handed out in large pieces, not one at a time"""
    run = student.run("count_steps", LONG)
    expect(run.value, LONG)
    # Each piece is a message to a worker and one back, and each worker needs a few to start and to end.
    # With the default of Pool.map that is less than ten for each core; one at a time, it is twice MANY.
    allowed = MANY // 10 + 12 * (os.cpu_count() or 1)
    if run.writes > allowed:
        raise AssertionError(
            f"{run.writes:,} messages for {MANY:,} numbers: they were handed out in very small pieces, "
            "perhaps one at a time. A number takes less time to work on than to send. chunksize is how "
            "many go in one message; for imap, and for map of a ProcessPoolExecutor, it is 1 unless you say "
            "so.\n"
            "Next: give map a large chunksize, so that each worker gets a few pieces (task 2)."
        )


@pytest.mark.check(points=2, kind="speedup")
def test_many_numbers_are_faster(speedup):
    """For many numbers it is faster than one process"""
    speedup.of("count_steps", many).over(serial, many).at_least()


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All workers have ended: nothing is left behind"""
    student.run("count_steps", LONG).left_nothing_behind()
