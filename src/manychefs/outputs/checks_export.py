"""An exporter for `nbgrader export`: a row a check, as CSV that is quoted, which nbgrader's own is not.

For the points of each exercise alone: `nbgrader export --exporter nbgrader.plugins.CsvExportPlugin`.
"""

from __future__ import annotations

import csv
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin

from manychefs.outputs.csv import cell

COLUMNS = (
    "assignment",
    "student_id",
    "check",
    "score",
    "max_score",
    "needs_manual_grade",
    "late_submission_penalty",
    "total_score",
    "total_max_score",
    "timestamp",
)


class ChecksExport(ExportPlugin):
    """Writes every grade of every student; who has handed in nothing has one row without a check."""

    def export(self, gradebook: Any) -> None:
        """Write the file that `--to` names (default: nbgrader.csv)."""
        with open(self.to or "nbgrader.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in map(str, self.assignment):
                    continue
                for student in gradebook.students:
                    if not self.student or student.id in map(str, self.student):
                        writer.writerows(_rows(gradebook, assignment, student.id))


def _rows(gradebook: Any, assignment: Any, student: str) -> list[list[Any]]:
    try:
        submission = gradebook.find_submission(assignment.name, student)
    except MissingEntry:
        return [[assignment.name, cell(student), "", 0.0, "", "", 0.0, 0.0, assignment.max_score, ""]]
    penalty = submission.late_submission_penalty or 0.0
    total = max(0.0, submission.score - penalty)
    return [
        [
            assignment.name,
            cell(student),
            grade.name,
            grade.score,
            grade.max_score,
            grade.needs_manual_grade,
            penalty,
            total,
            assignment.max_score,
            submission.timestamp or "",
        ]
        for notebook in submission.notebooks
        for grade in sorted(notebook.grades, key=lambda each: each.name)
    ]
