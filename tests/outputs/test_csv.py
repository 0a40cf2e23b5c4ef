"""grades.csv: one row a check, quoted so that any reader gets back what was put in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from manychefs.course import Exercise, load_course
from manychefs.outputs.csv import COLUMNS, class_csv
from manychefs.report import Check, Feedback, Kind, Machine, Report, Verdict


@pytest.fixture
def exercises(tmp_path: Path) -> list[Exercise]:
    """Two exercises, of 10 and of 5 points."""
    lines = ['title = "Two"']
    for number, slug, points in ((1, "one", 10), (2, "two", 5)):
        lines += [
            f'[[exercise]]\nnumber = {number}\nslug = "{slug}"\ntitle = "T"\nconcept = "C"\nminutes = 1',
            f'points = {points}\nstart_methods = ["fork"]',
            '[[exercise.tasks]]\ntitle = "T"\nhints = ["a", "b", "c"]',
        ]
    (tmp_path / "course.toml").write_text("\n".join(lines))
    return load_course(tmp_path).exercises


def report(*checks: Check, exercise: str = "01_one") -> Report:
    return Report(
        student="",
        exercise=exercise,
        title="T",
        submission="s",
        checks=list(checks),
        machine=Machine(python="3", platform="Linux", cores=2),
        engine="0",
        confinement="none",
    )


def check(
    verdict: Verdict = Verdict.PASSED, earned: float = 0, happened: str = "", kind: Kind = "races"
) -> Check:
    told = Feedback(happened=happened) if happened else None
    return Check(
        name="test_it", title="It holds", kind=kind, points=4, verdict=verdict, earned=earned, feedback=told
    )


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_check_is_a_row_and_each_missing_exercise_is_one(exercises: list[Exercise]) -> None:
    checks = [check(Verdict.PASSED, 4), check(Verdict.FAILED, 1.5, "It broke."), check(Verdict.INCONCLUSIVE)]
    rows = {"ada": {"01_one": report(*checks), "02_two": None}, "ben": {"01_one": None}}
    text = class_csv(rows, exercises)
    assert text.splitlines() == [
        ",".join(COLUMNS),
        "ada,01_one,It holds,races,passed,4,4,",
        "ada,01_one,It holds,races,failed,1.5,4,It broke.",
        "ada,01_one,It holds,races,inconclusive,0,4,",
        "ada,02_two,,,missing,0,5,",
        "ben,01_one,,,missing,0,10,",
        "ben,02_two,,,missing,0,5,",
    ]


@pytest.mark.parametrize(
    "words",
    ["a, b", 'she said "no"', "two\nlines", '",""\n,', "semi;colon\tand tab", "ümlaut 料理 🍳", "a\r\nb"],
)
def test_what_needs_quoting_comes_back_whole(exercises: list[Exercise], words: str) -> None:
    rows = {words: {"01_one": report(check(Verdict.FAILED, 0, words))}}
    first, second = read(class_csv(rows, exercises))
    assert first["student"] == second["student"] == words
    assert first["message"] == words
    assert second["verdict"] == "missing"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_that_a_student_wrote_is_a_formula(exercises: list[Exercise], start: str) -> None:
    words = f'{start}HYPERLINK("x","y")'
    first, second = read(class_csv({words: {"01_one": report(check(happened=words))}}, exercises))
    assert first["student"] == second["student"] == f"'{words}"
    assert first["message"] == f"'{words}"


def test_ordinary_words_get_no_quote_mark(exercises: list[Exercise]) -> None:
    rows = {"ada-lena": {"01_one": report(check(happened="5 = 5, so it holds."))}}
    first, _ = read(class_csv(rows, exercises))
    assert first["student"] == "ada-lena"
    assert first["message"] == "5 = 5, so it holds."


def test_a_class_of_nobody_is_a_head_alone(exercises: list[Exercise]) -> None:
    assert class_csv({}, exercises) == ",".join(COLUMNS) + "\n"
