"""Grader of 03 shared_counter: a shared integer, and the lock that makes `+= 1` one step."""

import pytest


def likely_cause(value: object, processes: int, increments: int) -> str:
    """What a wrong total says about the program."""
    if not isinstance(value, int):
        return "The result is not a number.\nNext: return tally.value, not the shared object."
    if value == 0:
        return (
            "The chefs do not share one tally: each process added to a copy of its own.\n"
            "Next: make one Value before the processes start, and hand it to each in args."
        )
    if 0 < value < processes * increments:
        return (
            "A lost update: two processes read the same number, both added one, and both wrote the same "
            "result back.\n"
            "Next: hold the tally's own lock around the read and the write together (task 2)."
        )
    return "Some chefs added more, or less, than they were told to."


@pytest.mark.check(points=2)
def test_reaches_5000(student):
    """Five chefs adding 1000 each reach 5000"""
    value = student.count_up(processes=5, increments=1000)
    assert value == 5000, likely_cause(value, 5, 1000)


@pytest.mark.check(points=2, start_methods="first")
def test_any_number_of_chefs(student):
    """It counts right for other numbers of chefs and plates"""
    for processes, increments in [(1, 7), (3, 25)]:
        value = student.count_up(processes=processes, increments=increments)
        assert value == processes * increments, likely_cause(value, processes, increments)


@pytest.mark.check(points=4, kind="races")
def test_no_update_is_lost(interleavings):
    """No order of steps loses an update"""
    interleavings.explore("count_up", processes=2, increments=3).always(
        6, because=lambda value: likely_cause(value, 2, 3)
    )


@pytest.mark.check(points=2, start_methods="first")
def test_the_chefs_do_the_counting(student):
    """Each chef is a process of its own

    Cause: fewer processes were seen at work than there are chefs.
    Next: start one Process for each chef (task 1).
    """
    # Processes are seen every few milliseconds. On a busy machine, or with a clever answer, twenty
    # thousand plates may be too few to be seen at: more plates never make one process look like three.
    for increments in (5_000, 50_000, 400_000):
        run = student.run("count_up", processes=3, increments=increments)
        if run.processes >= 3:
            return
    assert run.processes >= 3


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All chefs are joined: nothing is left behind"""
    student.run("count_up", processes=2, increments=10).left_nothing_behind()
