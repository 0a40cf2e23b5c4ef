"""The command that makes of a grading what a gradebook reads: export."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from manychefs import files
from manychefs.batch import kept as keeping
from manychefs.batch.kept import Record
from manychefs.cli.app import app, the_course
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError
from manychefs.outputs import csv
from manychefs.outputs.canvas import canvas_lines
from manychefs.outputs.junit import class_junit
from manychefs.outputs.moodle import moodle_lines
from manychefs.outputs.roster import Roster, read_roster
from manychefs.report import ClassTable, Report, Verdict


@dataclass(frozen=True)
class _Asked:
    """What is to be exported, and how."""

    rows: ClassTable
    exercises: list[Exercise]
    ids: dict[str, str]
    roster: Roster | None
    assignments: dict[str, str]
    identifier: str


FORMATS: dict[str, Callable[[_Asked], Iterable[str]]] = {
    "csv": lambda asked: csv.class_lines(asked.rows, asked.exercises),
    "canvas": lambda asked: canvas_lines(
        asked.rows, asked.exercises, asked.ids, asked.roster, asked.assignments
    ),
    "moodle": lambda asked: moodle_lines(
        asked.rows, asked.exercises, asked.ids, asked.roster, asked.identifier
    ),
    "junit": lambda asked: class_junit(asked.rows),
}


@app.command()
def export(
    context: typer.Context,
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=", ".join(FORMATS))],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="What `chefs grade … --out DIR` has written.")
    ] = Path("grades"),
    only: Annotated[
        list[str] | None, typer.Option("--exercise", metavar="NAME", help="Only this one; may be repeated.")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            "--roster", metavar="CSV", help="The platform's own list of people: its numbers are taken."
        ),
    ] = None,
    assignment: Annotated[
        list[str] | None,
        typer.Option(
            "--assignment", metavar="NAME=ID", help="Canvas: the number of an exercise's assignment."
        ),
    ] = None,
    identifier: Annotated[
        str, typer.Option("--identifier", metavar="COLUMN", help="Moodle: the roster's column to go by.")
    ] = "",
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write it there (default: to the screen).")
    ] = None,
) -> int:
    """Make of a grading what a gradebook imports: csv, canvas, moodle or junit.

    Nothing is graded. Exit code 3 if a mark is left out because a check ended in an error.
    """
    course = the_course(context)
    make = _format(form)
    record = keeping.read_record(folder)
    exercises = [course.find(name) for name in record.exercises]
    wanted = course.select(list(only or ()))
    people = read_roster(roster) if roster is not None else None
    asked = _Asked(
        rows=keeping.table(folder, record),
        exercises=[each for each in exercises if each in wanted],
        ids={pupil.name: pupil.id for pupil in record.students},
        roster=people,
        assignments=_assignments(course, assignment or []),
        identifier=identifier,
    )
    if people is not None and identifier and identifier not in people.columns:
        raise _no_column(identifier, people)
    lines = (line.encode("utf-8", "surrogateescape") for line in make(asked))
    if to is None:
        sys.stdout.buffer.writelines(lines)
    else:
        files.write_parts(to, lines, "--to FILE")
    return _tell(record, asked)


def _format(name: str) -> Callable[[_Asked], Iterable[str]]:
    if name not in FORMATS:
        raise ChefsError(
            f"There is no format {name!r} to export to.",
            cause="The word is mistyped.",
            evidence=[f"formats: {', '.join(FORMATS)}"],
            next_step="`chefs export csv grades`, for example. Gradescope grades by itself: `chefs release`.",
        )
    return FORMATS[name]


def _assignments(course: Course, given: list[str]) -> dict[str, str]:
    numbers = {}
    for text in given:
        name, _, number = text.partition("=")
        if not number.isdecimal():
            raise ChefsError(
                f"--assignment {text} has no number.",
                cause="It takes an exercise, an equals sign, and the assignment's number in Canvas.",
                evidence=["The number is the last part of the assignment's address in Canvas."],
                next_step="Like this: --assignment 03=4711",
            )
        numbers[course.find(name).name] = number
    return numbers


def _no_column(name: str, roster: Roster) -> ChefsError:
    return ChefsError(
        f"The roster has no column {name!r}.",
        cause="The name is mistyped, or it is another list.",
        evidence=[f"its columns: {', '.join(roster.columns)[:400]}"],
        next_step="Name one of these: --identifier COLUMN",
    )


def _tell(record: Record, asked: _Asked) -> int:
    """Say on stderr what whoever imports the file has to know."""
    for name in _not_in(record, asked.roster):
        print(f"not in the roster, so under its own name: {name}", file=sys.stderr)
    errors = list(_with_errors(asked))
    for text in errors:
        print(f"no mark, because a check ended in an error: {text}", file=sys.stderr)
    if errors:
        print("`chefs grade` again runs these checks again.", file=sys.stderr)
    return 3 if errors else 0


def _not_in(record: Record, roster: Roster | None) -> list[str]:
    if roster is None:
        return []
    return [pupil.name for pupil in record.students if roster.find((pupil.id, pupil.name)) is None]


def _with_errors(asked: _Asked) -> Iterator[str]:
    for student, entries in asked.rows.items():
        for exercise in asked.exercises:
            entry = entries.get(exercise.name)
            if isinstance(entry, Report) and any(check.verdict is Verdict.ERROR for check in entry.checks):
                yield f"{student}, {exercise.name}"
