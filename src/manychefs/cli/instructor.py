"""Commands for instructors: grade."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from manychefs import files
from manychefs.batch import kept as keeping
from manychefs.batch.cluster import Cluster
from manychefs.batch.find import Class, Student, find_class
from manychefs.batch.kept import Kept, Pupil, Record
from manychefs.batch.late import Times, lateness, read_times
from manychefs.batch.run import Backend, Job, Local, Result, grade_all, usual_slots
from manychefs.cli import confined, extras
from manychefs.cli.app import app, the_course
from manychefs.cli.gradebook import SourceOf, write_gradebook
from manychefs.cli.progress import watched
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError
from manychefs.grading.submission import Source, read_submission
from manychefs.outputs import csv, terminal
from manychefs.report import ClassTable, Entry, Refused, Report, Verdict, clean
from manychefs.sandbox import choice

WAITING = "not graded yet: the grading was interrupted"


@dataclass
class Grading:
    """One grading of a class: who handed in what, and what became of it so far."""

    course: Course
    found: Class
    wanted: list[Exercise]
    exercises: list[Exercise]
    handed_in: list[tuple[Student, Exercise, Source]]
    record: Record
    reused: int = 0
    has_errors: bool = False


@app.command()
def grade(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…",
            help="A class: a folder with a folder a student, or a download of Canvas, Moodle or nbgrader, "
            "also as zip or tar.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where grades.csv, pages and reports go.")
    ] = Path("grades"),
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Submissions at a time (default: three a usable core)."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--exercise", metavar="NAME", help="Only this one; may be repeated.")
    ] = None,
    regrade: Annotated[
        bool, typer.Option("--regrade", help="Grade everything anew, also what has not changed.")
    ] = False,
    times: Annotated[
        Path | None,
        typer.Option("--times", metavar="CSV", help="When what came: columns student, exercise, time."),
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option("--scheduler", metavar="ADDRESS", help="Grade on a Dask cluster: tcp://HOST:8786."),
    ] = "",
    gradebook: Annotated[
        bool,
        typer.Option(
            "--gradebook/--no-gradebook",
            envvar="MANYCHEFS_GRADEBOOK",
            help="Keep nbgrader's gradebook in DIR, where nbgrader is installed.",
        ),
    ] = True,
    confinement: confined.Wanted = "",
    require_confinement: confined.Required = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the class as JSON.")] = False,
) -> int:
    """Grade a class: a table, grades.csv, a page of the class, one a student, and JSON reports.

    Interrupted at any moment it takes up where it was; what has not changed since is not graded again.
    """
    course = the_course(context)
    if scheduler:
        extras.require("distributed", "grading on a cluster")
    # On a cluster each worker chooses for its own machine.
    layers = choice.allowed(confinement, required=require_confinement)
    layer = "" if scheduler else choice.choose(confinement, required=require_confinement)
    came = read_times(course, times) if times is not None else {}
    files.prepare(out)
    with Kept(out, regrade, layers) as kept, keeping.room_for_archives(out) as room:
        grading = _begin(course, find_class(course, paths, room), course.select(list(only or ())))
        backend: Backend
        if scheduler:
            backend = Cluster(course, scheduler, confinement, require_confinement)
        else:
            backend = Local(course, jobs or usual_slots(), kept.on_check, kept.on_plan)
        try:
            _grade(grading, kept, backend, layer, came, quiet=as_json)
        except KeyboardInterrupt:
            print("\nThe same command again goes on from here.", file=sys.stderr)
            raise
        finally:
            rows = _write(grading, kept)
        _write_pages(grading, rows, out)
        if as_json:
            _print_json(rows)
        else:
            _print_table(grading, rows, out)
        if gradebook:
            told = write_gradebook(course, out, rows, _sources(grading))
            terminal.console(stderr=as_json).print(told)
    return 3 if grading.has_errors else 0


def _begin(course: Course, found: Class, wanted: list[Exercise]) -> Grading:
    """Who handed in what. Exercises that nobody has handed in are not due yet, and not in the table."""
    handed_in = [
        (student, exercise, source)
        for exercise in wanted
        for student in found.students
        if (source := student.submission(exercise)) is not None
    ]
    due = {exercise.name for _, exercise, _ in handed_in}
    exercises = [each for each in wanted if each.name in due] or wanted
    pupils = {student.name: Pupil(name=student.name, id=student.id) for student in found.students}
    for student, exercise, _ in handed_in:
        pupils[student.name].waiting = pupils[student.name].waiting | {exercise.name: WAITING}
    left = found.left_out + [each for student in found.students for each in student.left_out(course)]
    record = Record(
        title=course.title,
        exercises=[each.name for each in exercises],
        students=list(pupils.values()),
        left_out=[str(each) for each in left],
    )
    return Grading(course, found, wanted, exercises, handed_in, record)


def _grade(
    grading: Grading, kept: Kept, backend: Backend, confinement: str, came: Times, quiet: bool
) -> None:
    """Grade what has no report yet; each report is on disk as soon as it is there."""
    pupils = {pupil.name: pupil for pupil in grading.record.students}
    students = {student.name: student for student in grading.found.students}
    work = kept.work(grading.course, _jobs(grading, confinement))
    planned = Counter(exercise.name for _, exercise, _ in grading.handed_in)
    with contextlib.closing(grade_all(backend, work)) as results:
        for result in watched(results, planned, backend.slots, quiet):
            job = result.job
            student = students[job.student]
            kept.keep(result, lateness(grading.course, job.exercise, student, came))
            _note(grading, pupils[job.student], result)


def _sources(grading: Grading) -> SourceOf:
    """What was handed in, read anew: a class is not kept in memory."""
    lies = {
        (student.name, exercise.name): (source, exercise) for student, exercise, source in grading.handed_in
    }

    def source_of(student: str, exercise: str) -> str:
        if (student, exercise) not in lies:
            return ""
        with contextlib.suppress(ChefsError):
            data = read_submission(*lies[student, exercise]).data
            return (data or b"").decode("utf-8", "replace")
        return ""

    return source_of


def _note(grading: Grading, pupil: Pupil, result: Result) -> None:
    name = result.job.exercise.name
    pupil.waiting.pop(name)
    grading.reused += result.reused
    if result.report is None:
        assert result.refused is not None
        pupil.refused = pupil.refused | {name: clean(result.refused.feedback.happened)}
        return
    grading.has_errors |= any(check.verdict is Verdict.ERROR for check in result.report.checks)


def _jobs(grading: Grading, confinement: str) -> Iterator[Job]:
    """One job for each submission that is there, exercise by exercise."""
    for student, exercise, source in grading.handed_in:
        yield Job(exercise, source, student.name, confinement=confinement)


def _write(grading: Grading, kept: Kept) -> ClassTable:
    """Write what is about the class as a whole; gives its table."""
    out = kept.folder
    for pupil in grading.record.students:
        pupil.graded = [name for name in grading.record.exercises if (pupil.name, name) in kept.reports]
        pupil.waiting = {name: why for name, why in pupil.waiting.items() if name not in pupil.graded}
    keeping.write_record(out, grading.record)
    rows = keeping.table(out, grading.record)
    lines = (line.encode("utf-8", "surrogateescape") for line in csv.class_lines(rows, grading.exercises))
    files.write_parts(out / "grades.csv", lines)
    return rows


def _write_pages(grading: Grading, rows: ClassTable, out: Path) -> None:
    from manychefs.outputs.html.folder import write_class

    write_class(out, grading.course.title, grading.exercises, rows.items())


def _print_table(grading: Grading, rows: ClassTable, out: Path) -> None:
    console = terminal.console()
    console.print(terminal.class_table(grading.course.title, rows, grading.exercises))
    for pupil in grading.record.students:
        for name, reason in pupil.refused.items():
            console.print(f"refused: {pupil.name}, {name}: {reason}")
    for left in grading.record.left_out:
        console.print(f"not graded: {left}")
    if len(grading.exercises) < len(grading.wanted):
        others = [each.name for each in grading.wanted if each not in grading.exercises]
        console.print(f"handed in by nobody, so not in the table: {', '.join(others)}")
    if grading.reused:
        console.print(f"unchanged, so not graded again: {grading.reused} of {len(grading.handed_in)}")
    console.print(
        f"grades: {out / 'grades.csv'}; reports: {out / 'reports'}; page of the class: {out / 'index.html'}"
    )


def _print_json(rows: ClassTable) -> None:
    """The class as one JSON object, a student at a time: it need not be in memory as a whole."""
    write = sys.stdout.buffer.write
    for number, (student, entries) in enumerate(rows.items()):
        body = {name: _raw(entry) for name, entry in entries.items()}
        write((b"," if number else b"{") + msgspec.json.encode(student) + b":" + msgspec.json.encode(body))
    write(b"}\n" if rows else b"{}\n")


def _raw(entry: Entry) -> object:
    if isinstance(entry, Report):
        return msgspec.Raw(msgspec.json.format(entry.to_json(), indent=-1))
    if isinstance(entry, Refused):
        return {entry.word: entry.reason}
    return None
