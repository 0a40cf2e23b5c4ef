"""What `chefs grade` does for nbgrader: the gradebook, and the files that formgrader wants beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from manychefs.batch import gradebook
from manychefs.batch.gradebook import Mark
from manychefs.cli import extras
from manychefs.course import Course
from manychefs.outputs import formgrader
from manychefs.report import ClassTable, Report

SourceOf = Callable[[str, str], str]
"""What a student has handed in for an exercise, by their names; nothing if it cannot be read."""


def write_gradebook(course: Course, out: Path, rows: ClassTable, source_of: SourceOf) -> str:
    """Write out/gradebook.db and what formgrader shows of it; gives a line for the person.

    Raises:
        OutputError: if it cannot be written.
    """
    if not gradebook.is_there():
        return f"no gradebook.db: nbgrader is not installed ({extras.HOW} installs it)"
    path = out / gradebook.FILE
    due = {each.name: each.due for each in course.exercises if each.due is not None}
    gradebook.keep(path, rows, _marks(out, rows, source_of), due)
    formgrader.write_course(out, sorted({name for entries in rows.values() for name in entries}))
    return f"gradebook: {path}; in {out}, run `nbgrader export`, or formgrader"


def _marks(out: Path, rows: ClassTable, source_of: SourceOf) -> Iterator[Mark]:
    """The marks of a class one by one; the page of each is written on the way."""
    for student, entries in rows.items():
        for exercise, entry in entries.items():
            late = entry.late if isinstance(entry, Report) else None
            handed_in = datetime.fromisoformat(late.handed_in) if late and late.handed_in else None
            if entry is not None:
                source = source_of(student, exercise)
                formgrader.write_submission(out, student, exercise, entry, handed_in, source)
            penalty = entry.late_points if isinstance(entry, Report) else 0.0
            yield Mark(student, exercise, entry, handed_in, penalty)
