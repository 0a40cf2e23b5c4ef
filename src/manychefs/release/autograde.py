"""What `nbgrader autograde` runs in place of a kernel, named in the nbgrader_config.py that a release writes.

    the notebook ──answer_in──► slug.py ──`chefs check`──► Report ──ExternalGrade──► the cells' outputs
                                                             └──────SaveVerdicts───► the gradebook

Nothing of the student's runs in nbgrader's own process, or in one that knows what is right: a notebook that
overwrites the check, prints a number or ends its kernel gains and loses nothing by it. A check whose cell was
deleted is graded all the same.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Unicode

from manychefs.batch.cells import cell_name, is_ours
from manychefs.batch.gradebook import Mark, keep_in
from manychefs.batch.late import DAY
from manychefs.course import Course, find_course_root, load_course
from manychefs.errors import ChefsError
from manychefs.grading.notebook import BadNotebook, answer_in
from manychefs.outputs import notebook
from manychefs.outputs.inline import grade_file
from manychefs.report import Refused, Report

KEY = "manychefs"  # under which the report is handed from one preprocessor to the other
HELP = "The folder of the Many Chefs course (default: MANYCHEFS_COURSE, or upward from here)."


def _the_course(folder: str) -> Course:
    return load_course(Path(folder) if folder else find_course_root())


class ExternalGrade(NbGraderPreprocessor):
    """Grades the notebook's answer outside and puts what came of it into the grade cells."""

    course = Unicode("", help=HELP).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """nbgrader's own protocol: the notebook, graded."""
        entry = self._grade(nb, resources["nbgrader"]["assignment"])
        resources[KEY] = entry
        exercise = resources["nbgrader"]["assignment"]
        cells = {_grade_id(cell): cell for cell in nb.cells if _grade_id(cell)}
        if isinstance(entry, Refused):
            for cell in cells.values():
                if is_ours(cell.source):
                    cell.outputs = [_not_graded(entry.reason)]
            return nb, resources
        for check in entry.checks:
            cell = cells.get(cell_name(check.name))
            if cell is None or cell.cell_type != "code":
                nb.cells.append(
                    from_dict({"id": f"chefs-{len(nb.cells)}"} | notebook.grade_cell(exercise, check))
                )
                cell = nb.cells[-1]
            points = float(cell.metadata["nbgrader"]["points"])
            cell.outputs = [from_dict(output) for output in notebook.grade_output(check, points)]
        return nb, resources

    def _grade(self, nb: Any, exercise: str) -> Report | Refused:
        """The report on the notebook's answer, or why there is none.

        Raises:
            ChefsError: if it is the kit or the course that fails: nbgrader then leaves the submission alone.
        """
        course = _the_course(self.course)
        filename = course.find(exercise).filename
        try:
            answer = answer_in(_plain(nb), filename)
        except BadNotebook as error:
            return Refused(reason=str(error))
        with tempfile.TemporaryDirectory(prefix="manychefs-") as folder:
            path = Path(folder) / filename
            path.write_bytes(answer)
            return grade_file(course.root, exercise, path)


class SaveVerdicts(SaveAutoGrades):
    """Writes the report into the gradebook as `chefs grade` does; other cells as nbgrader does."""

    course = Unicode("", help=HELP).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """nbgrader's own protocol: the notebook, unchanged, with its grades in the gradebook."""
        about, entry = resources["nbgrader"], resources.pop(KEY)
        exercise = _the_course(self.course).find(about["assignment"])
        due = {exercise.name: exercise.due} if exercise.due is not None else {}
        with Gradebook(about["db_url"]) as book:
            keep_in(book, [], [Mark(about["student"], exercise.name, entry)], due)
        nb, resources = super().preprocess(nb, resources)
        return nb, resources

    def _add_score(self, cell: Any, resources: Any) -> None:
        if not is_ours(cell.source):
            super()._add_score(cell, resources)


class CourseLate(LateSubmissionPlugin):
    """The course's own late policy, of course.toml."""

    course = Unicode("", help=HELP).tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Points that are taken from a notebook that came so many seconds late."""
        course = _the_course(self.course)
        if course.late is None:
            penalty: float | None = super().late_submission_penalty(student_id, score, total_seconds_late)
            return penalty
        seconds = total_seconds_late - course.late.grace_minutes * 60
        if seconds <= 0:
            return None
        share = min(course.late.at_most, math.ceil(seconds / DAY) * course.late.per_day)
        return min(score, round(share * course.find(self.parent.assignment_id).points, 2))


def _grade_id(cell: Any) -> str:
    about = cell.metadata.get("nbgrader") or {}
    return str(about.get("grade_id", "")) if about.get("grade") else ""


def _plain(nb: Any) -> bytes:
    """The notebook as JSON, without what its cells have shown."""
    import msgspec

    cells = [{"cell_type": cell.cell_type, "source": cell.source} for cell in nb.cells]
    return msgspec.json.encode({"cells": cells})


def _not_graded(reason: str) -> Any:
    error = ChefsError(
        f"This notebook was not graded: {reason}.",
        next_step="Put the first line of the cell with your answer back, and hand the notebook in again.",
    )
    return from_dict(
        {"output_type": "error", "ename": "NotGraded", "evalue": reason, "traceback": [error.feedback.text()]}
    )
