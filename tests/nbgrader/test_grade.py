"""`chefs grade` with nbgrader installed: the gradebook, export, and formgrader's pages in a browser."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]
Formgrader = Callable[[Path], Any]
EX = "01_doubles"

GRADER = '''\
import pytest


@pytest.mark.check(points=6)
def test_doubles(student):
    """It doubles"""
    assert student.double(21) == 42


@pytest.mark.check(points=4)
def test_zero(student):
    """Zero stays zero"""
    assert student.double(0) == 0
'''


@pytest.fixture
def graded(tiny_course: Callable[..., Any], run: Run, tmp_path: Path) -> Path:
    """The folder that `chefs grade` has written for a class of two."""
    course = tiny_course(GRADER, slug="doubles").course
    for student, body in (("ada", "2 * number"), ("ben", "number ** 2")):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "doubles.py").write_text(f"def double(number):\n    return {body}\n")
    done = run(
        [sys.executable, "-m", "manychefs", "--course", course.root, "grade", "class", "--out", "out"],
        tmp_path,
        MANYCHEFS_GRADEBOOK="1",
        COLUMNS="200",
    )
    assert done.returncode == 0, done.stderr
    assert "gradebook: out/gradebook.db" in done.stdout
    return tmp_path / "out"


def test_export_shows_every_check_and_leaves_our_grades_alone(graded: Path, run: Run) -> None:
    ours = (graded / "grades.csv").read_bytes()
    done = run([sys.executable, "-m", "nbgrader", "export"], graded)
    assert done.returncode == 0, done.stderr
    with (graded / "nbgrader.csv").open(newline="") as file:
        rows = {(row["student_id"], row["check"]): float(row["score"]) for row in csv.DictReader(file)}
    assert rows == {
        ("ada", "test_doubles"): 6,
        ("ada", "test_zero"): 4,
        ("ben", "test_doubles"): 0,
        ("ben", "test_zero"): 4,
    }
    assert (graded / "grades.csv").read_bytes() == ours


@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no chromium")
def test_formgrader_shows_the_class_in_a_browser(graded: Path, formgrader: Formgrader) -> None:
    with formgrader(graded) as look:
        scores = {each["student"]: (each["score"], each["id"]) for each in look.scores(EX)}
        assert {student: score for student, (score, _) in scores.items()} == {"ada": 10, "ben": 4}
        assert re.findall(r"Submission #\d", look(f"gradebook/{EX}/{EX}"))
        page = look(f"submissions/{scores['ben'][1]}/")
    assert "return number ** 2" in re.sub(r"<[^>]*>", "", page)  # what was handed in
    assert "What happened" in page  # and what is wrong with it
