"""Commands for instructors: grade."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from manychefs.batch.find import Student, find_students
from manychefs.batch.run import Job
from manychefs.cli.app import app, the_course
from manychefs.cli.progress import graded
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError
from manychefs.outputs import csv, files, terminal
from manychefs.report import Report, Verdict
from manychefs.speedup.cores import usable_cores

Rows = dict[str, dict[str, Report | None]]


@app.command()
def grade(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH…", help="A class: a folder with a folder a student."),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where grades.csv and the reports go.")
    ] = Path("grades"),
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Submissions at a time (default: one a usable core)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the class as JSON.")] = False,
) -> int:
    """Grade a class: a table, grades.csv, and one JSON report a submission."""
    course = the_course(context)
    students = find_students(course, paths)
    files.prepare(out)
    rows: Rows = {
        student.name: dict.fromkeys((each.name for each in course.exercises), None) for student in students
    }
    refused: list[tuple[str, Exercise, ChefsError]] = []
    try:
        for result in graded(course, _jobs(course, students), jobs or usable_cores(), quiet=as_json):
            if result.report is None:
                assert result.refused is not None
                refused.append((result.job.student, result.job.exercise, result.refused))
                continue
            files.write_report(out, result.report)
            rows[result.job.student][result.job.exercise.name] = result.report
    finally:
        # Interrupted or not: what was graded so far stands in the table and on disk.
        files.write(out / "grades.csv", csv.class_csv(rows, course.exercises).encode())
    if as_json:
        _print_json(rows)
    else:
        _print_table(course, students, rows, refused, out)
    undecided = any(
        report is not None and any(check.verdict is Verdict.ERROR for check in report.checks)
        for reports in rows.values()
        for report in reports.values()
    )
    return 3 if undecided else 0


def _jobs(course: Course, students: list[Student]) -> list[Job]:
    """One job for each submission that is there, exercise by exercise."""
    return [
        Job(exercise, submission, student.name)
        for exercise in course.exercises
        for student in students
        if (submission := student.submission(exercise)) is not None
    ]


def _print_table(
    course: Course,
    students: list[Student],
    rows: Rows,
    refused: list[tuple[str, Exercise, ChefsError]],
    out: Path,
) -> None:
    console = terminal.console()
    console.print(terminal.class_table(course.title, rows, course.exercises))
    for name, exercise, error in refused:
        console.print(f"refused: {name}, {exercise.name}: {error.feedback.happened}")
    for student in students:
        for strange in student.strange_files(course):
            console.print(f"not graded: {student.name}/{strange} (no exercise has a file of that name)")
    console.print(f"grades: {out / 'grades.csv'}; reports: {out / 'reports'}")


def _print_json(rows: Rows) -> None:
    body = {
        student: {
            name: None if report is None else msgspec.json.decode(report.to_json())
            for name, report in reports.items()
        }
        for student, reports in rows.items()
    }
    sys.stdout.buffer.write(msgspec.json.encode(body) + b"\n")
