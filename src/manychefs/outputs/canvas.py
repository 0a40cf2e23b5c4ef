"""A class as CSV for Canvas: what its gradebook imports (Grades, Import).

Canvas finds a student by `ID`, or by `SIS Login ID` where that is empty, and an assignment by the number in
brackets that follows its title. Both stand in what its gradebook exports: with that file as `roster`, names
and titles are matched. A title without a number becomes a new assignment, for which Canvas asks. An empty
cell changes nothing: so of what was not handed in or could not be graded, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from manychefs.course import Exercise
from manychefs.outputs.csv import cell, line
from manychefs.outputs.roster import Roster
from manychefs.outputs.scores import mark
from manychefs.report import ClassTable, Report, number

PERSON = ("Student", "ID", "SIS Login ID", "Section")
POSSIBLE = "    Points Possible"


def canvas_lines(
    rows: ClassTable,
    exercises: list[Exercise],
    ids: Mapping[str, str],
    roster: Roster | None = None,
    assignments: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The lines of the file.

    Args:
        ids: each student's number in Canvas, where the names of the download told it.
        roster: the gradebook as Canvas exports it.
        assignments: numbers of assignments by the exercises' names, where the titles are others.
    """
    assignments = assignments or {}
    yield line([*PERSON, *(_title(each, roster, assignments) for each in exercises)])
    yield line([POSSIBLE, "", "", "", *(number(each.points) for each in exercises)])
    for student, entries in rows.items():
        at = roster.find((ids.get(student, ""), student)) if roster else None
        person = [student, ids.get(student, ""), "" if ids.get(student) else student, ""]
        if roster is not None and at is not None:
            person = [roster.cell(at, column) for column in PERSON]
        yield line([*map(cell, person), *(_mark(entries.get(each.name)) for each in exercises)])


def _mark(entry: object) -> str:
    earned = mark(entry) if isinstance(entry, Report) else None
    return "" if earned is None else number(earned)


def _title(exercise: Exercise, roster: Roster | None, assignments: Mapping[str, str]) -> str:
    """The column's name: the one that Canvas has for the assignment, if it is known."""
    wanted = assignments.get(exercise.name, "")
    ours = {each.casefold() for each in (exercise.title, exercise.name, exercise.slug)}
    for column in roster.columns if roster else ():
        found = re.fullmatch(r"(.*) \((\d+)\)", column)
        if found and (found[2] == wanted or (not wanted and found[1].casefold() in ours)):
            return column
    return f"{exercise.title} ({wanted})" if wanted else exercise.title
