"""Commands for instructors: grade."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from manychefs.batch.find import Student, find_students
from manychefs.batch.run import Job, Result
from manychefs.cli import confined
from manychefs.cli.app import app, the_course
from manychefs.cli.progress import graded
from manychefs.course import Course, Exercise
from manychefs.outputs import csv, files, terminal
from manychefs.report import ClassTable, Entry, Refused, Report, Verdict, clean
from manychefs.sandbox import choice
from manychefs.speedup.cores import usable_cores


@app.command()
def grade(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH…", help="A class: a folder with a folder a student."),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where grades.csv, pages and reports go.")
    ] = Path("grades"),
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Submissions at a time (default: one a usable core)."),
    ] = None,
    confinement: confined.Wanted = "",
    require_confinement: confined.Required = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the class as JSON.")] = False,
) -> int:
    """Grade a class: a table, grades.csv, a page of the class, one a student, and JSON reports."""
    course = the_course(context)
    layer = choice.choose(confinement, required=require_confinement)
    students = find_students(course, paths)
    exercises = _handed_in(course, students)
    files.prepare(out)
    rows: ClassTable = {
        student.name: dict.fromkeys((each.name for each in exercises), None) for student in students
    }
    complete = False
    try:
        for result in graded(course, _jobs(course, students, layer), jobs or usable_cores(), quiet=as_json):
            rows[result.job.student][result.job.exercise.name] = _entry(result)
            if result.report is not None:
                files.write_report(out, result.report)
        complete = True
    finally:
        if not complete:  # what an earlier grading had is not lost to an interrupted one
            files.fill_from_reports(out, rows)
        files.write(out / "grades.csv", csv.class_csv(rows, exercises).encode())
    _write_pages(course, exercises, rows, out)
    if as_json:
        _print_json(rows)
    else:
        _print_table(course, exercises, students, rows, out)
    entries = [entry for reports in rows.values() for entry in reports.values()]
    return 3 if any(_has_error(entry) for entry in entries) else 0


def _handed_in(course: Course, students: list[Student]) -> list[Exercise]:
    """The exercises that anybody has handed in: the others are not due yet. All, if there are none."""
    found = [
        exercise
        for exercise in course.exercises
        if any(student.submission(exercise) is not None for student in students)
    ]
    return found or course.exercises


def _entry(result: Result) -> Entry:
    if result.report is not None:
        return result.report
    assert result.refused is not None
    return Refused(reason=clean(result.refused.feedback.happened))


def _has_error(entry: Entry) -> bool:
    return isinstance(entry, Report) and any(check.verdict is Verdict.ERROR for check in entry.checks)


def _jobs(course: Course, students: list[Student], confinement: str) -> list[Job]:
    """One job for each submission that is there, exercise by exercise."""
    return [
        Job(exercise, submission, student.name, confinement=confinement)
        for exercise in course.exercises
        for student in students
        if (submission := student.submission(exercise)) is not None
    ]


def _write_pages(course: Course, exercises: list[Exercise], rows: ClassTable, out: Path) -> None:
    from manychefs.outputs.html.folder import write_class

    write_class(out, course.title, exercises, rows.items())


def _print_table(
    course: Course, exercises: list[Exercise], students: list[Student], rows: ClassTable, out: Path
) -> None:
    console = terminal.console()
    console.print(terminal.class_table(course.title, rows, exercises))
    for student in students:
        for name, entry in rows[student.name].items():
            if isinstance(entry, Refused):
                console.print(f"refused: {student.name}, {name}: {entry.reason}")
        for strange in student.strange_files(course):
            console.print(f"not graded: {student.name}/{strange} (no exercise's file is called that)")
    if len(exercises) < len(course.exercises):
        others = [each.name for each in course.exercises if each not in exercises]
        console.print(f"handed in by nobody, so not in the table: {', '.join(others)}")
    console.print(
        f"grades: {out / 'grades.csv'}; reports: {out / 'reports'}; page of the class: {out / 'index.html'}"
    )


def _print_json(rows: ClassTable) -> None:
    body = {
        student: {name: _builtins(entry) for name, entry in entries.items()}
        for student, entries in rows.items()
    }
    sys.stdout.buffer.write(msgspec.json.encode(body) + b"\n")


def _builtins(entry: Entry) -> object:
    if isinstance(entry, Report):
        return msgspec.json.decode(entry.to_json())
    return None if entry is None else {"refused": entry.reason}
