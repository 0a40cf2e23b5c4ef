"""What is different between two collections, told in a few lines; in checks and in explorations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.grading.difference import MOST_LINES, differences
from manychefs.grading.explorer import can_steer
from manychefs.outputs import terminal
from manychefs.outputs.html.student import student_page
from tests.conftest import TinyCourse

HUGE = 10**5000  # its decimal form is longer than Python writes


@pytest.mark.parametrize(
    ("got", "expected", "lines"),
    [
        ([1, 2], [1, 2], []),
        (5, [5], []),
        ([1, 9], [1, 4], ["[1] is 9, not 4"]),
        ([None, 4], [1, 4], ["[0] is None, not 1"]),
        ([4, 1], [1, 4], [
            "every item is there, 2 of 2 at another place",
            "[0] is 4, not 1",
            "[1] is 1, not 4",
        ]),
        ([1, 9], [1, 4, 9, 4], ["2 items, not 4", "missing: 4, 4", "the first difference is at [1]"]),
        (["t", "t"], ["t"], ["2 items, not 1", "not asked for: 't'", "the first difference is at [1]"]),
        ((1, 2), [1, 2], ["a tuple, not a list"]),
        ({"a": 1}, {"a": 2}, ["['a'] is 1, not 2"]),
        ({"b": 1, "a": 1}, {"a": 1}, ["not asked for: 'b'"]),
        ({}, {"a": 1, "b": 2}, ["missing: 'a', 'b'"]),
        ([[1, 2], [3]], [[1, 2], [4]], ["[1]: [0] is 3, not 4"]),
        ([{"b": 1, "a": 1}, [2]], [[2], {"a": 1, "b": 1}], [
            "every item is there, 2 of 2 at another place",
            "[0]: a dict, not a list",
            "[1]: a list, not a dict",
        ]),
        ([HUGE], [1], ["[0] is an int of about 5,000 digits, not 1"]),
    ],
)  # fmt: skip
def test_what_is_different(got: object, expected: object, lines: list[str]) -> None:
    assert differences(got, expected) == lines


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (list(range(9000)), list(range(1, 9001))),
        (list(range(9000)), []),
        ([str(number) * 1000 for number in range(50)], [HUGE] * 70),
        (dict.fromkeys(range(900), 1), dict.fromkeys(range(600, 1800), 2)),
        ([[[[HUGE] * 30] * 30] * 30] * 9, [[[["x" * 9000] * 30] * 30] * 30] * 9),
    ],
)
def test_it_is_short_whatever_is_different(got: object, expected: object) -> None:
    lines = differences(got, expected)
    assert 0 < len(lines) <= MOST_LINES
    assert max(map(len, lines)) < 260


GRADER = """
import pytest

@pytest.mark.check(points=2)
def test_squares(student):
    '''It squares'''
    assert student.squares() == [1, 4, 9, 16], "Not squares.\\nNext: square them."

@pytest.mark.check(points=2)
def test_counts(student):
    '''It counts'''
    expected = dict(soup=2, tea=1)
    assert student.counts() == expected
"""
ANSWER = """
def squares():
    return [1, 9, 4, 16]

def counts():
    return {"soup": 2, "cake": 5}
"""


def test_a_check_that_compares_collections_tells_the_difference(
    tiny_course: Callable[..., TinyCourse],
) -> None:
    report = tiny_course(GRADER).grade(ANSWER)
    squares, counts = (check.feedback for check in report.checks)
    assert squares is not None
    assert counts is not None
    assert squares.happened == "squares() returned [1, 9, 4, 16] under fork."
    assert squares.cause == "Not squares."
    assert squares.next_step == "Square them."
    assert squares.evidence == [
        "expected: [1, 4, 9, 16]",
        "every item is there, 2 of 4 at another place",
        "[1] is 9, not 4",
        "[2] is 4, not 9",
    ]
    assert counts.evidence == ["expected: {'soup': 2, 'tea': 1}", "missing: 'tea'", "not asked for: 'cake'"]

    console = terminal.console()
    with console.capture() as shown:
        console.print(terminal.check(report.checks[0], set()))
    page = student_page([report])
    for line in squares.evidence:
        assert line in shown.get()
        assert line.replace("'", "&#39;") in page


def test_where_nothing_comes_back_what_was_expected_is_told(tiny_course: Callable[..., TinyCourse]) -> None:
    report = tiny_course(GRADER).grade("def squares():\n    pass\n\ndef counts():\n    return 3\n")
    told = [check.feedback.evidence for check in report.checks if check.feedback]
    assert told == [["expected: [1, 4, 9, 16]"], ["expected: {'soup': 2, 'tea': 1}"]]


EXPLORED = """
import pytest

@pytest.mark.check(points=2, kind="races")
def test_squares(interleavings):
    '''It squares in every order'''
    interleavings.explore("squares").always([1, 4, 9, 16], because="Not squares.")
"""


@pytest.mark.parametrize(
    "schedules", [pytest.param(3, marks=pytest.mark.skipif(not can_steer(), reason="no steering")), 0]
)
def test_an_exploration_tells_it_as_well(tiny_course: Callable[..., TinyCourse], schedules: int) -> None:
    check = tiny_course(EXPLORED, schedules=schedules).only_check(ANSWER)
    assert check.feedback is not None
    told: Any = check.feedback.evidence
    assert told[-3:] == ["every item is there, 2 of 4 at another place", "[1] is 9, not 4", "[2] is 4, not 9"]


def test_other_tests_are_told_what_pytest_tells(tmp_path: Path) -> None:
    test = tmp_path / "test_lists.py"
    test.write_text("def test_lists():\n    assert [1, 9] == [1, 4]\n")
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(test)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "At index 1 diff: 9 != 4" in ran.stdout
