"""Reports as CSV: one row a check (student, exercise, check, kind, verdict, points, max, message)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from manychefs.course import Exercise
from manychefs.report import ClassTable, Entry, Report, number

COLUMNS = ("student", "exercise", "check", "kind", "verdict", "points", "max", "message")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def class_csv(rows: ClassTable, exercises: list[Exercise]) -> str:
    """The whole class; an exercise without a report is one row, `missing`, `refused` or `waiting`.

    What coming late takes is a row of its own.
    """
    return "".join(class_lines(rows, exercises))


def class_lines(rows: ClassTable, exercises: list[Exercise]) -> Iterator[str]:
    """The lines of `class_csv` one by one: a large class need not be in memory."""
    yield line(list(COLUMNS))
    for student, reports in rows.items():
        for exercise in exercises:
            for cells in _rows(student, exercise, reports.get(exercise.name)):
                yield line(cells)


def line(cells: list[str]) -> str:
    """One line of a CSV file, quoted where it has to be."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _rows(student: str, exercise: Exercise, entry: Entry) -> list[list[str]]:
    if not isinstance(entry, Report):
        verdict, reason = ("missing", "") if entry is None else (entry.word, entry.reason)
        return [[cell(student), exercise.name, "", "", verdict, "0", number(exercise.points), cell(reason)]]
    rows = [
        [
            cell(student),
            entry.exercise,
            check.title,
            check.kind,
            check.verdict.value,
            number(check.earned),
            number(check.points),
            cell(check.feedback.happened if check.feedback else ""),
        ]
        for check in entry.checks
    ]
    if entry.late is not None:  # a row like the others, so that a student's points still add up
        taken = [number(-entry.late_points), "0", entry.late.text()]
        rows.append([cell(student), entry.exercise, "", "", "late", *taken])
    return rows


def cell(text: str) -> str:
    """A cell's text that somebody else wrote, which a spreadsheet must not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
