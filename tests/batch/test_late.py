"""What coming late takes: when something came, by whom that is told, and what course.toml says."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from manychefs.batch.find import find_students
from manychefs.batch.late import lateness, read_times
from manychefs.course import Course, load_course
from manychefs.errors import ChefsError, CourseError
from manychefs.outputs.csv import class_csv
from manychefs.outputs.scores import mark
from manychefs.report import Check, Machine, Report, Verdict

HandIn = Callable[..., Path]

DUE = datetime(2027, 2, 1, 23, 59, tzinfo=UTC)
POLICY = "[late]\ngrace_minutes = 10\nper_day = 0.1\nat_most = 0.25\n\n"


def with_policy(course: Course, policy: str = POLICY, due: str = "2027-02-02T00:59:00+01:00") -> Course:
    manifest = course.root / "course.toml"
    text = manifest.read_text().replace("[[exercise]]", policy + "[[exercise]]", 1)
    manifest.write_text(text.replace("\nminutes = 1", f"\ndue = {due}\nminutes = 1"))
    return load_course(course.root)


@pytest.mark.parametrize(
    ("minutes", "days", "share"),
    [
        (-1, 0, 0),
        (0, 0, 0),
        (10, 0, 0),
        (11, 1, 0.1),
        (10 + 1440, 1, 0.1),
        (11 + 1440, 2, 0.2),
        (9999, 7, 0.25),
    ],
)
def test_each_day_begun_after_the_grace_takes_its_part_up_to_the_most(
    course: Course, hand_in: HandIn, minutes: int, days: int, share: float
) -> None:
    course = with_policy(course)
    folder = hand_in({"ada/doubles.py": ""})
    when = (DUE + timedelta(minutes=minutes)).timestamp()
    os.utime(folder / "ada" / "doubles.py", (when, when))
    (ada,) = find_students(course, [folder])
    late = lateness(course, course.exercises[0], ada, {})
    assert (late.days, late.share) == (days, share) if days else late is None


def test_without_a_policy_or_without_a_date_nothing_is_late(course: Course, hand_in: HandIn) -> None:
    folder = hand_in({"ada/doubles.py": "", "ada/halves.py": ""})
    (ada,) = find_students(course, [folder])
    assert lateness(course, course.exercises[0], ada, {}) is None
    course = with_policy(course, due="1999-01-01T00:00:00Z")
    assert lateness(course, course.exercises[0], ada, {}) is not None
    assert lateness(course, course.exercises[1], ada, {}) is None


def test_what_canvas_calls_late_is_a_day_late_unless_the_list_knows(course: Course, hand_in: HandIn) -> None:
    course = with_policy(course)
    folder = hand_in({"ada_LATE_1_2_doubles.py": "", "ben_3_4_doubles.py": ""})
    ada, ben = find_students(course, [folder])
    doubles = course.exercises[0]
    late = lateness(course, doubles, ada, {})
    assert late is not None
    assert (late.days, late.share, late.handed_in) == (1, 0.1, "")
    assert lateness(course, doubles, ben, {}) is None  # a download's time says nothing
    listed = {("ada", "01_doubles"): DUE, ("ben", "01_doubles"): DUE + timedelta(days=1, hours=1)}
    assert lateness(course, doubles, ada, listed) is None
    late = lateness(course, doubles, ben, listed)
    assert late is not None
    assert late.days == 2


def test_a_list_of_times(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text(
        "time,student,exercise,more\n2027-02-01T23:59:00+00:00,ada,1,x\n2027-02-02 01:00Z,ben,halves,\n"
    )
    assert read_times(course, path) == {
        ("ada", "01_doubles"): DUE,
        ("ben", "02_halves"): datetime(2027, 2, 2, 1, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ada,doubles,soon", "is no ISO time"),
        ("ada,doubles,2027-02-01T23:59:00", "lacks its offset"),
        ("ada,,2027-02-01T23:59:00Z", "Nothing stands under exercise"),
        ("ada,99,2027-02-01T23:59:00Z", "no exercise called '99'"),
    ],
)
def test_a_list_that_is_wrong_is_told_with_its_line(
    course: Course, tmp_path: Path, line: str, told: str
) -> None:
    path = tmp_path / "times.csv"
    path.write_text(f"student,exercise,time\n{line}\n")
    with pytest.raises(ChefsError) as caught:
        read_times(course, path)
    assert told in caught.value.feedback.text()
    assert "line 2" in caught.value.feedback.text()
    with pytest.raises(ChefsError):
        read_times(course, tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("policy", "due", "told"),
    [
        (POLICY, "2027-02-01T23:59:00", "offset from UTC"),
        ("[late]\nper_day = 1.5\n\n", "2027-02-01T23:59:00Z", "late.per_day"),
        (
            "[late]\nper_week = 0.5\nper_day = 0\n\n",
            "2027-02-01T23:59:00Z",
            "Known keys there: grace_minutes, ",
        ),
    ],
)
def test_a_policy_that_is_wrong_is_an_error_of_the_course(
    course: Course, policy: str, due: str, told: str
) -> None:
    with pytest.raises(CourseError) as caught:
        with_policy(course, policy, due)
    assert told in caught.value.feedback.text()


def test_what_is_taken_is_said_and_never_more_than_was_earned(course: Course, hand_in: HandIn) -> None:
    course = with_policy(course, due="1999-01-01T00:00:00Z")
    (ada,) = find_students(course, [hand_in({"ada/doubles.py": ""})])
    late = lateness(course, course.exercises[0], ada, {})

    def report(earned: float) -> Report:
        check = Check(name="a", title="A", kind="tests", points=10, verdict=Verdict.FAILED, earned=earned)
        return Report(
            student="ada",
            exercise="01_doubles",
            title="T",
            submission="",
            checks=[check],
            machine=Machine(python="3", platform="Linux", cores=2),
            engine="0",
            confinement="none",
            late=late,
        )

    rich, poor = report(9), report(1)
    assert (rich.mark, poor.mark) == (6.5, 0)
    assert (mark(rich), mark(poor)) == (6.5, 0)
    assert "25 % of the points are taken, 6.5 count" in rich.score_text()
    assert Report.from_json(rich.to_json()) == rich
    text = class_csv({"ada": {"01_doubles": rich}}, course.exercises[:1])
    points = [line.split(",")[5] for line in text.splitlines()[1:]]
    assert sum(map(float, points)) == 6.5
