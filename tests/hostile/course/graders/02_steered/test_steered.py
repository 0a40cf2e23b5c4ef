"""Grader of steered. CANARY-GRADER"""

import pytest


@pytest.mark.check(points=4, kind="races")
def test_no_update_is_lost(interleavings):
    """No order of steps loses an update"""
    interleavings.explore("count_up", processes=2, increments=3).always(6)


@pytest.mark.check(points=2)
def test_the_chefs_do_the_counting(student):
    """Each chef is a process of its own"""
    for increments in (5_000, 50_000):
        run = student.run("count_up", processes=2, increments=increments)
        assert run.value == 2 * increments
        if run.processes >= 2:
            return
    assert run.processes >= 2
