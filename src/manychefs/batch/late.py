"""How late a submission came, and what course.toml says that this takes.

As Canvas does it: a part of the exercise's points for each day begun, up to a most; and, as Gradescope has
it, a grace in which nothing is late. When something came, the instructor's list (`--times`) knows best; then
nbgrader's note, the name that Canvas gave the file (which says late, and not how much: it counts as one
day), and the time of the file. A download's files have the time of the download: that says nothing.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from manychefs.batch.find import Student
from manychefs.course import Course, Exercise, Late
from manychefs.errors import ChefsError
from manychefs.report import Lateness, clean

DAY = 86_400  # seconds
COLUMNS = ("student", "exercise", "time")

Times = Mapping[tuple[str, str], datetime]
"""When something came: by the student's name and the exercise's."""


def lateness(course: Course, exercise: Exercise, student: Student, times: Times) -> Lateness | None:
    """How late a submission came; None if it was in time, or if nothing is late in this course."""
    if course.late is None:
        return None
    listed = times.get((student.name, exercise.name))
    when = listed or student.handed_in(exercise)
    if listed is None and student.is_called_late(exercise):
        return _taken(course.late, exercise, when, 1)
    if when is None or exercise.due is None:
        return None
    seconds = (when - exercise.due).total_seconds() - course.late.grace_minutes * 60
    return _taken(course.late, exercise, when, math.ceil(seconds / DAY)) if seconds > 0 else None


def _taken(policy: Late, exercise: Exercise, when: datetime | None, days: int) -> Lateness:
    return Lateness(
        due=exercise.due.isoformat() if exercise.due else "",
        handed_in=when.isoformat(timespec="seconds") if when else "",
        days=days,
        share=round(min(policy.at_most, days * policy.per_day), 4),
    )


def read_times(course: Course, path: Path) -> dict[tuple[str, str], datetime]:
    """The list of a CSV file with the columns student, exercise and time.

    Raises:
        ChefsError: if it cannot be read, or a line does not say these.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _bad_times(path, f"it cannot be read ({error})", 0) from None
    reader = csv.DictReader(text.splitlines())
    times = {}
    for row in reader:
        missing = [name for name in COLUMNS if not (row.get(name) or "").strip()]
        if missing:
            raise _bad_times(path, f"nothing stands under {', '.join(missing)}", reader.line_num)
        try:
            when = datetime.fromisoformat(row["time"].strip())
            exercise = course.find(row["exercise"])
        except ValueError:
            raise _bad_times(path, f"{row['time']!r} is no ISO time", reader.line_num) from None
        except ChefsError as error:
            raise _bad_times(path, error.feedback.happened, reader.line_num) from None
        if when.tzinfo is None:
            raise _bad_times(path, f"{row['time']!r} lacks its offset from UTC", reader.line_num)
        times[row["student"].strip(), exercise.name] = when
    return times


def _bad_times(path: Path, reason: str, line: int) -> ChefsError:
    return ChefsError(
        f"{path} is no list of times.",
        cause=clean(reason[:1].upper() + reason[1:], 300) + ".",
        evidence=[f"{path}, line {line}" if line else str(path)],
        next_step=f"Columns are {', '.join(COLUMNS)}; a time is like 2027-02-01T23:59:00+01:00.",
    )
