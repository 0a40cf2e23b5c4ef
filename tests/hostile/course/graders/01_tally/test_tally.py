"""Grader of tally. CANARY-GRADER"""

import pytest


@pytest.mark.check(points=4)
def test_adds_up(student):
    """It adds up"""
    for processes, increments in [(2, 50), (3, 7)]:
        assert student.count_up(processes, increments) == processes * increments


@pytest.mark.check(points=2, kind="cleanup")
def test_leaves_nothing(student):
    """Nothing is left behind"""
    run = student.run("count_up", processes=2, increments=10)
    assert run.value == 20
    run.left_nothing_behind()
