"""nbgrader's gradebook as `keep` writes it, read by nbgrader's own functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EX = "01_doubles"
ADA = [["test_a", 6, "passed", 6], ["test_b", 4, "failed", 1]]
BEN = [["test_a", 6, "inconclusive", 0], ["test_b", 4, "passed", 4]]
ONE = ["test_a", 6, "passed", 6]
NEW = ["test_new", 3, "passed", 3]
ODD_NAME = 'O\'Brien, "Zoë"; ¿=?'

pytestmark = pytest.mark.slow  # starts nbgrader, which takes seconds


def batch(*marks: Any, students: tuple[str, ...] = ("ada", "ben", "cy"), **more: Any) -> dict[str, Any]:
    return {"marks": list(marks), "students": list(students), **more}


STORIES = {
    "again": [
        batch(["ada", EX, ADA], ["ben", EX, BEN]),
        batch(["ada", EX, ADA], ["ben", EX, BEN]),
        batch(["ada", EX, [ONE, ["test_b", 4, "passed", 4]]]),
    ],
    "other checks": [
        batch(["ada", EX, [ONE]], ["ben", EX, [ONE]]),
        batch(["ada", EX, [["test_a", 5, "passed", 5], ["test_new", 3, "failed", 0]]]),
        batch(["ada", EX, [NEW]], ["ben", EX, [NEW]]),
    ],
    "by hand": [
        batch(["ada", EX, ADA]),
        batch(["ada", EX, ADA], by_hand=[["ada", EX, "test_b", 3.5]], by_nbgrader=[[EX, "essay"]]),
        batch(["ada", EX, [ONE, ["test_b", 4, "passed", 4]]], ["ben", EX, ADA]),
    ],
    "odd": [
        batch(
            ["ada", EX, ADA, "2027-02-03T09:00:00+01:00", 2.0],
            ["ben", EX, [["test_a", 6, "failed", 0]], "2027-02-09T00:00:00+00:00", 2.0],
            ["cy", EX, "it is a named pipe"],
            [ODD_NAME, EX, [["test_x[fork-1.5]", 2, "passed", 2]]],
            due={EX: "2027-02-02T08:00:00+00:00"},
        )
    ],
    "no gradebook": [batch(["ada", EX, ADA], instead="a shopping list, and a long one at that\n" * 40)],
}


@pytest.fixture(scope="module")
def told(
    in_nbgrader: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    """What the gradebook of each story says after each batch. In one process: starting takes longest."""
    folder: Path = tmp_path_factory.mktemp("books")
    told: dict[str, list[dict[str, Any]]] = in_nbgrader("keep", folder, stories=STORIES)
    return told


def test_every_check_is_a_grade_and_grading_again_updates_it(told: Any) -> None:
    first, again, better = (each[EX] for each in told["again"])
    assert first["max"] == 10
    assert first["ada"]["grades"] == {"test_a": 6, "test_b": 1}
    assert (first["ada"]["score"], first["ada"]["open"]) == (7, False)
    # What could not be judged waits for a person: no points are taken silently.
    assert (first["ben"]["score"], first["ben"]["by_hand"]) == (4, ["test_a"])
    assert first["cy"] is None
    assert again == first
    assert better["ada"]["score"] == 10
    assert better["ben"] == first["ben"]


def test_checks_that_come_later_change_points_or_go(told: Any) -> None:
    _, more, fewer = (each[EX] for each in told["other checks"])
    assert more["max"] == 8
    assert more["ada"]["grades"] == {"test_a": 5, "test_new": 0}
    # Not graded by the new check yet, and it shows: the next grading settles it, or a person.
    assert more["ben"]["grades"] == {"test_a": 6, "test_new": 0}
    assert more["ben"]["by_hand"] == ["test_new"]
    assert (fewer["max"], fewer["ada"]["grades"], fewer["ben"]["open"]) == (3, {"test_new": 3}, False)


def test_what_a_person_has_graded_stays(told: Any) -> None:
    _, kept, changed = (each[EX] for each in told["by hand"])
    assert kept["ada"]["grades"]["test_b"] == 3.5
    # A cell of the instructor's own is worth its points, and is not ours to take away.
    assert (kept["max"], kept["ada"]["by_hand"]) == (17, ["essay"])
    assert changed["ada"]["grades"]["test_b"] == 3.5
    assert changed["ada"]["by_hand"] == ["essay", "test_b"]  # the check's score has changed: look again
    assert changed["ben"]["by_hand"] == ["essay"]


def test_late_refused_and_odd_names(told: Any) -> None:
    (odd,) = (each[EX] for each in told["odd"])
    assert odd["due"] == "2027-02-02 08:00:00"
    assert (odd["ada"]["penalty"], odd["ada"]["late"]) == (2, 24 * 3600)
    assert odd["ben"]["penalty"] == 0  # nothing was earned, so nothing is taken
    assert (odd["cy"]["score"], odd["cy"]["open"]) == (0, True)
    assert odd[ODD_NAME]["grades"]["test_x_fork-1_5_"] == 2  # nbgrader allows no dot and no bracket


def test_a_file_that_is_no_gradebook_is_left_alone(told: Any) -> None:
    (refused,) = told["no gradebook"]
    assert "It is no gradebook" in refused["error"]
    assert refused["untouched"]
