"""Grader of 16 shared_memory: a table of integers that all processes see, and nobody carries."""

from functools import cache

import pytest

SIZE = 8  # bytes of a loaf on the table
MANY = 5_000
SPEEDY = 36_000


def bake(loaf: int) -> int:
    """The number that stands for a loaf, as the exercise's `bake` has it."""
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


def serial(count: int, asked: list[int]) -> tuple[int, list[int]]:
    """All loaves, by one process."""
    table = [bake(loaf) for loaf in range(count)]
    return sum(table), [table[loaf] for loaf in asked]


baked = cache(bake)


def known(count: int, asked: list[int]) -> tuple[int, list[int]]:
    """What `serial` gives, without baking a loaf twice."""
    return sum(map(baked, range(count))), [baked(loaf) for loaf in asked]


def batch(_random, size: float) -> int:
    """How many loaves to bake for a measurement."""
    return round(SPEEDY * size)


def sample(random, size: float) -> list[int]:
    """The loaves of a batch that are asked for: other ones in each round."""
    return random.sample(range(batch(random, size)), 60)


def what_is_wrong(value: object, count: int, asked: list[int]) -> str:
    """The likely cause of a result that is not right; nothing if it is right."""
    weight, loaves = known(count, asked)
    if type(value) is tuple and value == (weight, loaves):
        return ""
    if value is None:
        return (
            "The function returns nothing (None).\nNext: return the weight and the list of loaves (task 3)."
        )
    if not isinstance(value, tuple) or len(value) != 2 or not isinstance(value[1], list):
        return "The result is not a pair.\nNext: return the weight and a list of loaves, as a tuple (task 3)."
    if value[1] != loaves:
        return why_not_there(value[1])
    if value[0] == 0:
        return (
            "The loaves are there, and the weight is 0: nobody added to the place that main reads it from.\n"
            "Next: let each chef add the weight of his loaves to the last place of the table (task 2)."
        )
    return (
        "The loaves are there, and the weight is too small or too big. If it is too small now and then, it "
        "is a lost update: two chefs read the same weight, and each wrote back what he had added. `+=` on a "
        "place of the table is a read, an addition and a write.\n"
        "Next: hold one lock around it, the same for all chefs (task 2)."
    )


def why_not_there(got: list[object]) -> str:
    """The likely cause of loaves that are not those asked for."""
    if got and set(got) == {0}:
        return (
            "All loaves asked for are 0: no chef has put anything on the table that you read. A chef who "
            "makes a list, a bytearray or a block of his own writes into memory that only he sees.\n"
            "Next: attach to the block by its name, SharedMemory(name=name), and write to its buf (task 2)."
        )
    if 0 in got:
        return (
            "Some loaves are missing: their places still hold 0. Either the shares leave some out (the rest "
            "of a division), or somebody read the table before all chefs had ended, or a chef could not get "
            "to it: whoever attaches after an unlink() finds no block of that name.\n"
            "Next: give every loaf to one chef, join all of them, and unlink once, in the main process."
        )
    return (
        "The table holds other numbers than bake gives.\n"
        'Next: put bake(loaf, burnt) at place `loaf`; cast the buf to "q", eight bytes a place.'
    )


def expect(value: object, count: int, asked: list[int]) -> None:
    """Fail the check, with the likely cause, unless the result is right."""
    expected = known(count, asked)
    assert value == expected, what_is_wrong(value, count, asked)


@pytest.mark.check(points=2)
def test_every_loaf_in_its_place(student):
    """Every loaf lies in its place, and the weight is that of all"""
    for count, chefs in student.cases((8, 3), (8, 2)):
        expect(student.bake_all(count, chefs, list(range(count))), count, list(range(count)))


@pytest.mark.check(points=1, start_methods="first")
def test_any_size(student):
    """One chef, more chefs than loaves, and no loaf at all"""
    for count, chefs in ((5, 1), (2, 3), (0, 2)):
        expect(student.bake_all(count, chefs, list(range(count))), count, list(range(count)))


@pytest.mark.check(points=1, start_methods=["fork"])
def test_the_chefs_bake(student):
    """The chefs are processes, and all of them bake at the same time

    Cause: Fewer processes were seen at work at the same time than there are chefs.
    Next: Start one process for each chef, and join when all have been started (task 1).
    """
    for count in (3_000, 20_000, 100_000):  # a busy machine may see too little of a run, never too much
        run = student.run("bake_all", count, 3, [0])
        if run.at_once >= 3:
            return
    assert run.at_once >= 3


@pytest.mark.check(points=2)
def test_nothing_is_carried(student):
    """No copy of the table travels: what the processes send each other is far less than it

    Cause: Loaves are carried from process to process, through a queue, a pipe, a pool's results or a
    file: each is packed, written, read and unpacked.
    Next: Hand over the block's name only; let each chef write to the block, and read it in place.
    """
    asked = list(range(MANY))
    run = student.run("bake_all", MANY, 2, asked)
    expect(run.value, MANY, asked)
    kilobytes_sent, half_of_the_table = run.bytes_written // 1000, MANY * SIZE // 2000
    assert kilobytes_sent < half_of_the_table


@pytest.mark.check(points=2, kind="races")
def test_no_weight_is_lost(interleavings):
    """No order of steps loses a weight or a loaf"""
    interleavings.explore("bake_all", 2, 2, [0, 1]).always(
        serial(2, [0, 1]), because=lambda value: what_is_wrong(value, 2, [0, 1])
    )


@pytest.mark.check(points=3, kind="speedup")
def test_faster_than_serial(speedup):
    """Several chefs are faster than one"""
    chefs = max(2, speedup.cores)
    speedup.of("bake_all", batch, chefs, sample).over(serial, batch, sample).at_least()


@pytest.mark.check(points=1, kind="cleanup")
def test_the_table_is_cleared_away(student):
    """When it returns, the block is unlinked and all chefs have ended"""
    run = student.run("bake_all", 6, 2, [5])
    run.left_nothing_behind()
    if "Traceback" in run.printed or "resource_tracker" in run.printed:
        raise AssertionError(
            "A process ended by an exception, or the resource tracker complains. Was the block unlinked by "
            "more than one process? close() is for everyone who uses it, unlink() for the one who made it. "
            "And a memoryview of its buf has to be released before close().\n"
            "Next: run the file and read the last line of the traceback."
        )


@pytest.mark.check(points=2, kind="cleanup")
def test_a_burnt_loaf(student):
    """When a loaf is burnt, it raises, and still nothing is left

    Cause: A chef ended by an exception, and the main process never looked: it returned a weight, and a
    table on which loaves are missing.
    Next: Look at every chef's exitcode when all are joined, and raise (task 1).
    """
    for burnt in student.cases(5, 0):
        student.raising("bake_all", 6, 2, [1], burnt).left_nothing_behind()
