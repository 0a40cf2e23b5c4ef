"""Keeps a class in nbgrader's gradebook, an SQLite file, so that nbgrader's own tools show and export it.

    marks, as they come ──► keep ──one transaction──► gradebook.db ──► nbgrader export, formgrader
                                                       assignment  an exercise, with one notebook
                                                       grade cell  a check, with its points
                                                       grade       what a student has got for it

There is one writer, at the end of a batch: opening the file takes nbgrader seconds, and two writers would
wait for each other. Rows are added many at a time, because nbgrader's own functions commit after each.

A grade that a person has set stays, and is marked for another look if the check's own score has changed. A
check that could not be judged (inconclusive, error), and a file that was refused, have no score of their own
and are marked for a person to grade: no points are taken silently.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from manychefs.batch.cells import cell_name, cell_source, is_ours
from manychefs.errors import OutputError
from manychefs.report import Check, Entry, Refused, Report, Verdict, clean

FILE = "gradebook.db"
FLUSHED = 500  # marks between two flushes: memory does not grow with the class


@dataclass(frozen=True, slots=True)
class Mark:
    """What the gradebook shall say of one student's submission for one exercise.

    exercise: its full name. handed_in: when, if that is known. penalty: points taken off because it was late.
    """

    student: str
    exercise: str
    entry: Entry
    handed_in: datetime | None = None
    penalty: float = 0.0


@dataclass
class _Assignment:
    """An exercise as the gradebook has it: ids of its rows, and of its cells by their names."""

    id: str
    notebook: str
    grade_cells: dict[str, str] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    comment_cells: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    has_new_cells: bool = False


def is_there() -> bool:
    """Whether nbgrader is installed, without which there is no gradebook."""
    return find_spec("nbgrader") is not None


def keep(
    path: Path,
    students: Iterable[str],
    marks: Iterable[Mark],
    due: Mapping[str, datetime] | None = None,
) -> None:
    """Write marks into the gradebook at `path`, which is made if it is not there. All of them, or none.

    Args:
        students: everybody in the class, also those who have handed in nothing.
        due: when an exercise is due, by its full name.

    Raises:
        OutputError: if it cannot be written, or is not a gradebook of this version of nbgrader.
    """
    # Imported here: it takes seconds, and only instructors have it.
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with _opened(path) as book:
            keep_in(book, students, marks, due)
    except (SQLAlchemyError, OSError, subprocess.CalledProcessError) as error:
        raise _unwritable(path, error) from None


def keep_in(
    book: Any, students: Iterable[str], marks: Iterable[Mark], due: Mapping[str, datetime] | None = None
) -> None:
    """Write marks into an open gradebook of nbgrader, in one transaction. See `keep`."""
    with book.db.no_autoflush:
        writer = _Writer(book, due or {})
        writer.add_students(students)
        for count, mark in enumerate(marks, 1):
            writer.write(mark)
            if count % FLUSHED == 0:
                writer.flush()
        writer.finish()
        book.db.commit()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """nbgrader's Gradebook. For a new file it runs `alembic`: beside Python, and maybe not on PATH."""
    from nbgrader.api import Gradebook

    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + before
    try:
        book = Gradebook(f"sqlite:///{path.resolve()}")
    finally:
        os.environ["PATH"] = before
    try:
        yield book
    finally:
        book.db.rollback()
        book.close()


class _Writer:
    """Writes marks into an open gradebook, in its transaction."""

    def __init__(self, book: Any, due: Mapping[str, datetime]) -> None:
        from nbgrader import api

        self._api = api
        self._book = book
        self._db = book.db
        self._due = due
        self._assignments: dict[str, _Assignment] = {}
        self._students = {each for (each,) in self._db.query(api.Student.id)}

    def add_students(self, names: Iterable[str]) -> None:
        for name in sorted(set(names) - self._students):
            self._students.add(name)
            self._db.add(self._api.Student(id=name))

    def flush(self) -> None:
        """Hand to SQLite what is new, and forget it here."""
        self._db.flush()
        self._db.expunge_all()

    def write(self, mark: Mark) -> None:
        if mark.entry is None or (isinstance(mark.entry, Refused) and mark.entry.waiting):
            return  # handed in nothing, or not graded yet: nbgrader has no row for that, and counts zero
        assignment = self._assignment(mark.exercise)
        checks = mark.entry.checks if isinstance(mark.entry, Report) else []
        for check in checks:
            self._fit_cell(assignment, mark.exercise, check)
        self.add_students([mark.student])
        notebook = self._submitted(assignment, mark)
        grades = self._grades(assignment, notebook)
        by_cell = {cell_name(check.name): check for check in checks}
        for name, cell in assignment.grade_cells.items():
            if name in by_cell:
                _set_grade(grades[cell], by_cell[name])
            elif not checks:
                _set_ungraded(grades[cell])
        earned = sum(check.earned for check in checks)
        notebook.late_submission_penalty = min(max(mark.penalty, 0.0), earned) or None

    def finish(self) -> None:
        """Take away the cells of checks that are no more; give everybody a grade for those that are new."""
        self.flush()
        for assignment in self._assignments.values():
            if assignment.seen:
                self._remove_stale(assignment)
            if assignment.has_new_cells:
                self._add_missing_grades(assignment)

    # -- assignments and cells ----------------------------------------------------------------

    def _assignment(self, name: str) -> _Assignment:
        if name not in self._assignments:
            self._assignments[name] = self._find_or_add(name)
        return self._assignments[name]

    def _find_or_add(self, name: str) -> _Assignment:
        api, db = self._api, self._db
        row = db.query(api.Assignment).filter_by(name=name).one_or_none()
        if row is None:
            row = api.Assignment(name=name, course_id=self._book.course_id)
            db.add(row)
        if name in self._due:
            row.duedate = _naive(self._due[name])
        db.flush()
        notebook = db.query(api.Notebook).filter_by(name=name, assignment_id=row.id).one_or_none()
        if notebook is None:
            notebook = api.Notebook(name=name, assignment_id=row.id)
            db.add(notebook)
            db.flush()
        found = _Assignment(row.id, notebook.id)
        for cell in db.query(api.BaseCell).filter_by(notebook_id=notebook.id):
            if isinstance(cell, api.GradeCell | api.TaskCell):
                found.grade_cells[cell.name] = cell.id
                found.points[cell.name] = cell.max_score
            if isinstance(cell, api.SolutionCell | api.TaskCell):
                found.comment_cells.append(cell.id)
        return found

    def _fit_cell(self, assignment: _Assignment, exercise: str, check: Check) -> None:
        """See that there is a cell for a check, worth as many points."""
        api, name = self._api, cell_name(check.name)
        if name not in assignment.grade_cells:
            cell = api.GradeCell(
                id=api.new_uuid(),
                name=name,
                notebook_id=assignment.notebook,
                max_score=check.points,
                cell_type="code",
            )
            self._db.add(cell)
            self._db.add(self._source_cell(assignment, exercise, check))
            assignment.grade_cells[name] = cell.id
            assignment.has_new_cells = True
        elif assignment.points.get(name) != check.points:
            cell = self._db.get(api.BaseCell, assignment.grade_cells[name])
            cell.max_score = check.points
        assignment.points[name] = check.points
        assignment.seen.add(name)

    def _source_cell(self, assignment: _Assignment, exercise: str, check: Check) -> Any:
        from nbformat.v4 import new_code_cell
        from nbgrader.utils import compute_checksum

        name = cell_name(check.name)
        about = {"grade_id": name, "points": check.points, "grade": True, "solution": False, "locked": True}
        cell = new_code_cell(cell_source(exercise, check), metadata={"nbgrader": about})
        return self._api.SourceCell(
            name=name,
            notebook_id=assignment.notebook,
            cell_type="code",
            source=cell.source,
            locked=True,
            checksum=compute_checksum(cell),
        )

    def _remove_stale(self, assignment: _Assignment) -> None:
        """Take away cells of checks that the grader has no more: their points could be had by nobody."""
        api, db = self._api, self._db
        for source in db.query(api.SourceCell).filter_by(notebook_id=assignment.notebook).all():
            if source.name in assignment.seen or not is_ours(source.source):
                continue
            cell = assignment.grade_cells.pop(source.name, None)
            if cell is not None:
                db.query(api.Grade).filter_by(cell_id=cell).delete()
                db.delete(db.get(api.BaseCell, cell))
            db.delete(source)
        db.flush()

    def _add_missing_grades(self, assignment: _Assignment) -> None:
        """Give those who are not in this batch a grade, still open, for cells that are new."""
        api, db = self._api, self._db
        notebooks = [
            row.id for row in db.query(api.SubmittedNotebook.id).filter_by(notebook_id=assignment.notebook)
        ]
        cells = list(assignment.grade_cells.values())
        there = {
            (row.notebook_id, row.cell_id)
            for row in db.query(api.Grade.notebook_id, api.Grade.cell_id).filter(api.Grade.cell_id.in_(cells))
        }
        for notebook in notebooks:
            for cell in cells:
                if (notebook, cell) not in there:
                    db.add(api.Grade(cell_id=cell, notebook_id=notebook, needs_manual_grade=True))
        db.flush()

    # -- submissions and grades ---------------------------------------------------------------

    def _submitted(self, assignment: _Assignment, mark: Mark) -> Any:
        """The row of a student's notebook, with those above it."""
        api, db = self._api, self._db
        row = (
            db.query(api.SubmittedAssignment)
            .filter_by(assignment_id=assignment.id, student_id=mark.student)
            .one_or_none()
        )
        if row is None:
            row = api.SubmittedAssignment(
                id=api.new_uuid(), assignment_id=assignment.id, student_id=mark.student
            )
            db.add(row)
        if mark.handed_in is not None:
            row.timestamp = _naive(mark.handed_in)
        notebook = (
            db.query(api.SubmittedNotebook)
            .filter_by(assignment_id=row.id, notebook_id=assignment.notebook)
            .one_or_none()
        )
        if notebook is None:
            notebook = api.SubmittedNotebook(
                id=api.new_uuid(), assignment_id=row.id, notebook_id=assignment.notebook
            )
            db.add(notebook)
            for cell in assignment.comment_cells:
                db.add(api.Comment(cell_id=cell, notebook_id=notebook.id))
        return notebook

    def _grades(self, assignment: _Assignment, notebook: Any) -> dict[str, Any]:
        """The student's grade rows by the id of their cell; those that are missing are added."""
        api, db = self._api, self._db
        grades = {row.cell_id: row for row in db.query(api.Grade).filter_by(notebook_id=notebook.id)}
        for cell in assignment.grade_cells.values():
            if cell not in grades:
                grades[cell] = api.Grade(cell_id=cell, notebook_id=notebook.id, needs_manual_grade=True)
                db.add(grades[cell])
        return grades


def _set_grade(grade: Any, check: Check) -> None:
    """What a check has come to. A check without a verdict of its own is left to a person."""
    judged = check.verdict in (Verdict.PASSED, Verdict.FAILED)
    score = float(check.earned) if judged else None
    by_hand = grade.manual_score is not None
    if by_hand:
        # As nbgrader does it: the hand's score counts, and a person looks at it again if need be.
        grade.needs_manual_grade = bool(grade.needs_manual_grade) or grade.auto_score != score
    else:
        grade.needs_manual_grade = not judged
    grade.auto_score = score


def _set_ungraded(grade: Any) -> None:
    """A submission that was refused: there is no score, until a person gives one."""
    grade.auto_score = None
    if grade.manual_score is None:
        grade.needs_manual_grade = True


def _naive(when: datetime) -> datetime:
    """As nbgrader keeps times: UTC without a zone, and in whole seconds, which timestamp.txt can say too."""
    utc = when.astimezone(UTC) if when.tzinfo else when
    return utc.replace(tzinfo=None, microsecond=0)


def _unwritable(path: Path, error: Exception) -> OutputError:
    reason = clean(str(getattr(error, "orig", None) or error).partition("\n")[0], 200)
    cause = "Another program has it open for writing, or the disk is full."
    next_step = (
        "Close formgrader and other programs that use it, make room, and grade again: reports are kept."
    )
    if "not a database" in reason or "no such column" in reason or "no such table" in reason:
        cause = "It is no gradebook, or one of another version of nbgrader."
        next_step = "Move it away, or bring it up to date with `nbgrader db upgrade`, and grade again."
    return OutputError(
        f"The gradebook {path} could not be written.",
        cause=cause,
        evidence=[reason, "What was in it before is still there."],
        next_step=next_step,
    )
