"""Reports as CSV: one row a check (student, exercise, check, kind, verdict, points, max, message)."""

from __future__ import annotations

import csv
import io

from manychefs.course import Exercise
from manychefs.report import ClassTable, Entry, Report, number

COLUMNS = ("student", "exercise", "check", "kind", "verdict", "points", "max", "message")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def class_csv(rows: ClassTable, exercises: list[Exercise]) -> str:
    """The whole class; an exercise without a submission is one row, `missing` or `refused`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for student, reports in rows.items():
        for exercise in exercises:
            writer.writerows(_rows(student, exercise, reports.get(exercise.name)))
    return text.getvalue()


def _rows(student: str, exercise: Exercise, entry: Entry) -> list[list[str]]:
    if not isinstance(entry, Report):
        verdict, reason = ("missing", "") if entry is None else ("refused", entry.reason)
        return [[_cell(student), exercise.name, "", "", verdict, "0", number(exercise.points), _cell(reason)]]
    return [
        [
            _cell(student),
            entry.exercise,
            check.title,
            check.kind,
            check.verdict.value,
            number(check.earned),
            number(check.points),
            _cell(check.feedback.happened if check.feedback else ""),
        ]
        for check in entry.checks
    ]


def _cell(text: str) -> str:
    """A spreadsheet must not take what a student wrote for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
