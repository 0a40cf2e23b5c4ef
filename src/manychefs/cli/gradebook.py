"""What `chefs grade` does for nbgrader: the gradebook, and the files that formgrader wants beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from manychefs.batch import gradebook
from manychefs.batch.gradebook import Mark
from manychefs.cli import extras
from manychefs.course import Course
from manychefs.outputs import formgrader
from manychefs.report import Entry

SourceOf = Callable[[str, str], str]
"""What a student has handed in for an exercise, by their names; nothing if it cannot be read."""


def write_gradebook(
    course: Course, out: Path, rows: Mapping[str, Mapping[str, Entry]], source_of: SourceOf
) -> str:
    """Write out/gradebook.db and what formgrader shows of it; gives a line for the person.

    Args:
        rows: for each student, for each exercise's name, the entry. They are gone through once.

    Raises:
        OutputError: if it cannot be written.
    """
    if not gradebook.is_there():
        return f"no gradebook.db: nbgrader is not installed ({extras.HOW} installs it)"
    path = out / gradebook.FILE
    gradebook.keep(path, rows, _marks(out, rows, source_of))
    exercises = {name for entries in rows.values() for name in entries}
    formgrader.write_course(out, sorted(exercises & {each.name for each in course.exercises}))
    return f"gradebook: {path}; run `nbgrader export` or formgrader in {out}"


def _marks(out: Path, rows: Mapping[str, Mapping[str, Entry]], source_of: SourceOf) -> Iterator[Mark]:
    """The marks of a class one by one; the page of each is written on the way."""
    for student, entries in rows.items():
        for exercise, entry in entries.items():
            if entry is not None:
                formgrader.write_submission(
                    out, student, exercise, entry, source=source_of(student, exercise)
                )
            yield Mark(student, exercise, entry)
