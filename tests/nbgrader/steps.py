"""What tests do with nbgrader's own functions, in a process of its own: `steps.py STEP JSON`, prints JSON."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from manychefs.batch import gradebook
from manychefs.errors import ChefsError
from manychefs.report import Check, Machine, Refused, Report, Verdict


def entry(exercise: str, checks: Any) -> Report | Refused | None:
    """A report of checks given as [name, points, verdict, earned], a refusal, or nothing."""
    if not isinstance(checks, list):
        return Refused(reason=checks) if checks else None
    return Report(
        student="",
        exercise=exercise,
        title="An exercise",
        submission="",
        checks=[
            Check(
                name=name,
                title=f"About {name}",
                kind="correctness",
                points=points,
                verdict=Verdict(verdict),
                earned=earned,
            )
            for name, points, verdict, earned in checks
        ],
        machine=Machine(python="3", platform="", cores=2),
        engine="",
        confinement="",
    )


def keep(stories: dict[str, list[Any]]) -> Any:
    """Keep each story's batches in a gradebook of its own; gives what it says after each batch."""
    empty = Path("empty.db")
    gradebook.keep(empty, [], [])
    told = {}
    for name, batches in stories.items():
        path = Path(shutil.copy(empty, f"{name}.db"))
        told[name] = [_kept(path, **batch) for batch in batches]
    return told


def _kept(
    path: Path,
    marks: list[Any],
    students: list[str],
    due: Any = None,
    by_hand: Any = (),
    by_nbgrader: Any = (),
    instead: str = "",
) -> Any:
    for student, exercise, check, score in by_hand:
        with _book(path) as book:
            book.find_grade(check, exercise, exercise, student).manual_score = score
            book.db.commit()
    for exercise, cell in by_nbgrader:
        with _book(path) as book:
            book.update_or_create_grade_cell(cell, exercise, exercise, max_score=7.0, cell_type="markdown")
            book.update_or_create_solution_cell(cell, exercise, exercise)
            book.update_or_create_source_cell(cell, exercise, exercise, cell_type="markdown", source="Why?")
    if instead:
        path.write_text(instead)
    try:
        gradebook.keep(
            path,
            students,
            [_mark(*mark) for mark in marks],
            {name: datetime.fromisoformat(when) for name, when in (due or {}).items()},
        )
    except ChefsError as error:
        return {"error": error.feedback.text(), "untouched": path.read_text() == instead}
    return shown(path)


def _mark(student: str, exercise: str, checks: Any, when: str = "", penalty: float = 0.0) -> gradebook.Mark:
    handed_in = datetime.fromisoformat(when) if when else None
    return gradebook.Mark(student, exercise, entry(exercise, checks), handed_in, penalty)


def _book(path: Path) -> Any:
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{path}")


def shown(path: Path) -> Any:
    """What nbgrader says of every student and exercise, by its own functions."""
    from nbgrader.api import MissingEntry

    with _book(path) as book:
        told: dict[str, Any] = {}
        for assignment in book.assignments:
            rows = told[assignment.name] = {"max": assignment.max_score, "due": str(assignment.duedate)}
            for student in book.students:
                try:
                    submission = book.find_submission(assignment.name, student.id)
                except MissingEntry:
                    rows[student.id] = None
                    continue
                rows[student.id] = {
                    "score": submission.score,
                    "penalty": submission.late_submission_penalty,
                    "late": submission.total_seconds_late,
                    "open": submission.needs_manual_grade,
                    "grades": {
                        grade.name: grade.score
                        for notebook in submission.notebooks
                        for grade in notebook.grades
                    },
                    "by_hand": sorted(
                        grade.name
                        for notebook in submission.notebooks
                        for grade in notebook.grades
                        if grade.needs_manual_grade
                    ),
                }
        return told


if __name__ == "__main__":
    print(json.dumps({"keep": keep}[sys.argv[1]](**json.loads(sys.argv[2]))))
