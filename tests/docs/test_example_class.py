"""examples/class is what its README says: who handed in what, and which marks that gets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from manychefs.batch.find import find_students
from manychefs.course import load_course
from manychefs.report import Check, Report, Verdict

REPO = Path(__file__).parents[2]
CLASS = REPO / "examples" / "class"
MISSING = "missing"


def marks_of_the_readme() -> dict[str, list[str]]:
    """The table of marks: for each student what the README says of each exercise, in order."""
    text = (CLASS / "README.md").read_text("utf-8")
    table = text.partition("## Marks to expect")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n") if "|" in line
    ]
    return {name: cells for name, *cells in rows[2:]}


MARKS = marks_of_the_readme()
COURSE = load_course(REPO)
EXERCISES = COURSE.exercises[:5]  # those that the class has got to


def bounds(mark: str) -> tuple[float, float]:
    """`9` is a mark; `3 to 7` is one that a race decides."""
    low, _, high = mark.partition(" to ")
    return float(low), float(high or low)


def test_everybody_in_the_class_is_in_the_table_with_each_exercise() -> None:
    assert list(MARKS) == [student.name for student in find_students(COURSE, [CLASS])]
    for cells in MARKS.values():
        assert len(cells) == len(EXERCISES) + 1


def test_what_is_missing_in_the_table_is_missing_in_the_class() -> None:
    for student in find_students(COURSE, [CLASS]):
        for exercise, mark in zip(EXERCISES, MARKS[student.name], strict=False):
            handed_in = student.submission(exercise) is not None
            assert handed_in == (mark != MISSING), f"{student.name}, {exercise.name}"


def test_the_marks_in_the_table_add_up() -> None:
    for name, (*marks, total) in MARKS.items():
        sums = zip(*(bounds(mark) for mark in marks if mark != MISSING), strict=True)
        assert tuple(sum(each) for each in sums) == bounds(total), name


def test_the_misspelt_file_is_the_only_one_that_nobody_grades() -> None:
    strange = [
        f"{student.name}/{path}"
        for student in find_students(COURSE, [CLASS])
        for path in student.strange_files(COURSE)
    ]
    assert strange == ["dilan/shared_counters.py"]
    assert f"`{strange[0]}`" in (CLASS / "README.md").read_text("utf-8")


def undecided(report: Report) -> float:
    """Points of speedup checks that this machine could not show: one core, or too busy."""
    return sum(check.points for check in report.checks if _is_undecided(check))


def _is_undecided(check: Check) -> bool:
    return check.kind == "speedup" and check.verdict is Verdict.INCONCLUSIVE


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_class_gets_the_marks_that_its_readme_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "manychefs", "grade", "examples/class", "--out", str(tmp_path)],
        cwd=REPO,
        env=os.environ | {"COLUMNS": "200", "MANYCHEFS_COURSE": str(REPO)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not graded: dilan/shared_counters.py" in done.stdout
    assert "\x1b" not in done.stdout
    wrong = []
    for name, marks in MARKS.items():
        for exercise, mark in zip(EXERCISES, marks, strict=False):
            path = tmp_path / "reports" / name / f"{exercise.name}.json"
            if mark == MISSING:
                assert not path.exists()
                continue
            report = Report.from_json(path.read_bytes())
            assert report.points == exercise.points
            low, high = bounds(mark)
            if not low - undecided(report) <= report.score <= high:
                told = [f"{check.name}: {check.verdict.value}" for check in report.checks]
                wrong.append(f"{name}, {exercise.name}: {report.score} instead of {mark}; {told}")
    assert not wrong, "\n".join(wrong)
