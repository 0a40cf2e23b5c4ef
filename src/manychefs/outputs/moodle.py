"""A class as CSV for Moodle: what its gradebook imports (Grades, Import, CSV file).

One column says who it is, and is mapped in Moodle to a username, an ID number or an e-mail address; each
exercise has a column of marks and one of feedback. With Moodle's own list of people as `roster`, the first
column is the one of that list that the instructor names. An empty cell changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from manychefs.course import Exercise
from manychefs.outputs.csv import cell, line
from manychefs.outputs.roster import Roster
from manychefs.outputs.scores import mark
from manychefs.report import ClassTable, Entry, Report, Verdict, number

IDENTIFIERS = ("Username", "Email address", "ID number", "Identifier")
"""Columns of Moodle's lists that say who it is; the first one that is there is taken."""


def moodle_lines(
    rows: ClassTable,
    exercises: list[Exercise],
    ids: Mapping[str, str],
    roster: Roster | None = None,
    identifier: str = "",
) -> Iterator[str]:
    """The lines of the file.

    Args:
        ids: each student's number in a download's names.
        roster: people as Moodle exports them.
        identifier: the column of the roster that says who it is.
    """
    column = identifier or next(
        (each for each in IDENTIFIERS if roster and each in roster.columns), "Username"
    )
    titles = [text for each in exercises for text in (each.title, f"{each.title} (feedback)")]
    yield line([column, *titles])
    for student, entries in rows.items():
        at = roster.find((ids.get(student, ""), student)) if roster else None
        person = roster.cell(at, column) if roster and at is not None else student
        cells = [text for each in exercises for text in _cells(entries.get(each.name))]
        yield line([cell(person), *cells])


def _cells(entry: Entry) -> tuple[str, str]:
    if not isinstance(entry, Report):
        return "", ""
    earned = mark(entry)
    return "" if earned is None else number(earned), cell(feedback(entry))


def feedback(report: Report) -> str:
    """What a student is told in a gradebook: the score, and a line for each check that has not passed."""
    lines = [f"{report.score_text()}."]
    for check in report.checks:
        if check.verdict is not Verdict.PASSED:
            happened = check.feedback.happened.partition("\n")[0] if check.feedback else check.verdict.value
            lines.append(f"{check.title}: {happened}")
    return "\n".join(lines)
