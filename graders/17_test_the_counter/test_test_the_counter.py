"""Grader of 17 test_the_counter: the student's tests, beside right counters and wrong ones.

What each counter does is its docstring's first line. The first of the right ones is the counter.py that
the student has.
"""

from pathlib import Path

import pytest

COUNTERS = Path(__file__).with_name("counters")


@pytest.fixture
def counters(tests):
    """The student's tests beside each of the counters."""
    return tests.of("counter", COUNTERS)


@pytest.mark.check(points=2, kind="tests")
def test_right_counters_pass(counters):
    """Your tests pass beside every right counter"""
    counters.accept()


@pytest.mark.check(points=5, kind="tests", start_methods=["fork"])
def test_wrong_sums_are_caught(counters):
    """Your tests fail beside counters that add up wrong: one point for each

    Cause: Each of these counters is right for some calls: no test makes a call for which it is not.
    Next: Ask for few plates and for many (more than 127), for the same twice in a row, and for what must
    raise ValueError; assert what comes out of each (task 1).
    """
    counters.catch("off_by_one", "keeps_the_total", "small_board", "takes_any_number", "reads_too_early")


@pytest.mark.check(points=2, kind="tests", start_methods=["fork"])
def test_missing_processes_are_caught(counters):
    """Your tests fail beside counters whose chefs are not processes of their own: one point for each

    Cause: The sum is right, whoever does the counting: a test of the sum alone cannot see it.
    Next: Use `pause` to learn in which process each chef works: os.getpid() (task 2).
    """
    counters.catch("one_process", "no_process")


@pytest.mark.check(points=4, kind="tests", start_methods=["fork"])
def test_lost_updates_are_caught(counters):
    """Your tests fail beside counters that lose updates, every time: two points for each

    Cause: These chefs lose a plate only when one reads while another is between its read and its write. A
    test that runs them often enough and hopes does not bring that about.
    Next: Use `pause` to hold the first chef there until the second has read as well (task 3).
    """
    counters.catch("gives_up_waiting", "lease_runs_out")


@pytest.mark.check(points=1, kind="tests", start_methods=["fork"])
def test_every_line_is_run(counters):
    """Your tests run every line of counter.py, in the chefs' processes, too

    Cause: What no test runs, no test can find a mistake in.
    Next: Make a call that leads there: what must a counter be asked for to get to those lines?
    """
    counters.cover()
