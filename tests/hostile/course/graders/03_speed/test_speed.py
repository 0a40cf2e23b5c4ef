"""Grader of speed. CANARY-GRADER"""

import math

import pytest

NUMBERS = [60_000, 60_001, 60_002, 60_003]


def serial(numbers: list[int]) -> list[int]:
    """One factorial after another."""
    return [math.factorial(number) for number in numbers]


@pytest.mark.check(points=4, kind="speedup")
def test_two_cores_beat_one(speedup):
    """Two processes beat one"""
    speedup.of("factorials", NUMBERS).over(serial, NUMBERS).at_least()
