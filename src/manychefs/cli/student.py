"""Commands for students: check, list, hint."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from manychefs.cli import confined
from manychefs.cli.app import app, the_course
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError, NotHandedIn, OutputError
from manychefs.grading import supervisor
from manychefs.grading.archive import is_archive
from manychefs.grading.submission import find_submission
from manychefs.outputs import terminal
from manychefs.outputs.formats import FORMATS
from manychefs.outputs.progress import Digests, Progress, digests_of
from manychefs.outputs.scores import is_unwritten
from manychefs.report import Check, Report, Verdict
from manychefs.sandbox import choice

EXIT_CODES = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.INCONCLUSIVE: 3, Verdict.ERROR: 3}


@app.command()
def check(
    context: typer.Context,
    exercises: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EXERCISE]…", help="Number, slug or both (default: all)."),
    ] = None,
    submission: Annotated[
        Path | None,
        typer.Option(
            "--submission",
            metavar="PATH",
            help="A file, a folder, a zip or a tar (default: your file in exercises/).",
        ),
    ] = None,
    confinement: confined.Wanted = "",
    require_confinement: confined.Required = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reports as JSON.")] = False,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help=f"Print them as {', '.join(FORMATS)}."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All exercises, as when none is named.")] = False,
) -> int:
    """Grade your answers and say what is wrong, why, and what to try next."""
    course = the_course(context)
    form = "json" if as_json else form
    _refuse(form, every and bool(exercises))
    layer = choice.choose(confinement, required=require_confinement)
    chosen = _chosen(course, list(exercises or ()), submission)
    reports = []
    for exercise in chosen:
        path = submission if submission is not None else course.stub(exercise)
        show = None if form else _Shown(course, exercise, path)
        before = digests_of(course, exercise)
        report = supervisor.grade(
            course,
            exercise,
            path,
            on_check=show.check if show else None,
            on_wait=show.waits if show else None,
            confinement=layer,
            side_by_side=supervisor.usual_graders(),
            preview=True,
        )
        reports.append(report)
        if show:
            show.end(report)
        if submission is None:
            _keep(course, exercise, report, before)
    if form:
        sys.stdout.write(FORMATS[form](reports))
    return worst([report.verdict for report in reports])


def _keep(course: Course, exercise: Exercise, report: Report, before: Digests) -> None:
    """Keep the report as the student's progress. If that cannot be done, the grading stands all the same."""
    try:
        Progress(course).keep(exercise, report, before)
    except OutputError as error:
        terminal.console(stderr=True).print(terminal.error(error.feedback))


def _refuse(form: str | None, both: bool) -> None:
    """Refuse a format that is not known, and exercises named beside --all."""
    if form is not None and form not in FORMATS:
        raise ChefsError(
            f"There is no format called {form!r}.",
            cause="It is mistyped, or of another version.",
            evidence=[f"formats: {', '.join(FORMATS)}"],
            next_step="Name one of these.",
        )
    if both:
        raise ChefsError(
            "Exercises are named, and --all as well.",
            cause="One of the two is meant.",
            next_step="Leave one of them out.",
        )


def worst(verdicts: list[Verdict]) -> int:
    """The exit code of several reports: failed before error and inconclusive before passed."""
    codes = {EXIT_CODES[verdict] for verdict in verdicts}
    return 1 if 1 in codes else max(codes, default=0)


def _chosen(course: Course, names: list[str], submission: Path | None) -> list[Exercise]:
    if names or submission is None:
        return course.select(names)
    by_file = [each for each in course.exercises if each.filename == submission.name]
    if by_file:
        return by_file
    if not submission.is_dir() and not is_archive(submission):
        raise ChefsError(
            f"Which exercise does {submission} answer?",
            cause="Its name is not that of an exercise's file.",
            evidence=[f"expected one of: {', '.join(each.filename for each in course.exercises)}"],
            next_step="Name the exercise as well: `chefs check 03 --submission PATH`.",
        )
    return [each for each in course.exercises if _is_in(submission, each)] or course.exercises


def _is_in(submission: Path, exercise: Exercise) -> bool:
    """Whether there is an answer to `exercise`, or its folder, so that it is told what is missing."""
    if (submission / exercise.name).is_dir():
        return True
    try:
        find_submission(submission, exercise)
    except NotHandedIn:
        return False
    return True


class _Shown:
    """Shows one exercise's checks as they end."""

    def __init__(self, course: Course, exercise: Exercise, path: Path) -> None:
        self._course = course
        self._exercise = exercise
        self._path = path
        self._console = terminal.console()
        self._seen: set[str] = set()
        self._has_waited = False
        here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        self._console.print(terminal.heading(exercise, str(here)), crop=False)

    def check(self, graded: Check) -> None:
        self._console.print(terminal.check(graded, self._seen))

    def waits(self) -> None:
        """Say once that somebody else has the cores, however many checks wait."""
        if not self._has_waited:
            self._console.print(terminal.waiting())
        self._has_waited = True

    def end(self, report: Report) -> None:
        self._console.print()
        self._console.print(terminal.ending(report, stub=is_unwritten(report)), crop=False)


@app.command("list")
def list_exercises(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """Show the exercises of the course."""
    from rich.table import Table

    course = the_course(context)
    if as_json:
        body = [
            {"number": each.number, "slug": each.slug, "title": each.title, "concept": each.concept,
             "minutes": each.minutes, "points": each.points}
            for each in course.exercises
        ]  # fmt: skip
        print(msgspec.json.encode(body).decode())
        return
    table = Table(title=course.title, title_justify="left", header_style="bold", box=None)
    for name, justify in (
        ("no", "right"),
        ("exercise", "left"),
        ("title", "left"),
        ("concept", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    table.add_column("min", justify="right")
    table.add_column("points", justify="right")
    for each in course.exercises:
        table.add_row(
            f"{each.number:02}",
            each.slug,
            each.title,
            each.concept,
            str(each.minutes),
            str(each.points),
        )
    terminal.console().print(table)


@app.command()
def hint(
    context: typer.Context,
    exercise: Annotated[str, typer.Argument(help="Number, slug or both.")],
    task: Annotated[
        int | None, typer.Argument(help="Number of the task (default: every task's first hint).")
    ] = None,
    step: Annotated[int, typer.Argument(help="1, 2 or 3: from names to nearly the code.")] = 1,
) -> None:
    """Show a hint: names and roles first, then the idea, then nearly the code."""
    from rich.text import Text

    course = the_course(context)
    found = course.find(exercise)
    numbers = range(1, len(found.tasks) + 1)
    if task is not None and (task not in numbers or step not in (1, 2, 3)):
        raise ChefsError(
            f"{found.name} has no hint {step} for a task {task}.",
            cause="A task or a hint of that number does not exist.",
            evidence=[f"tasks 1 to {len(found.tasks)}, each with hints 1 to 3"],
            next_step=f"Try `chefs hint {found.number:02}`, then `chefs hint {found.number:02} 1 2`.",
        )
    console = terminal.console()
    for number in [task] if task is not None else numbers:
        told = found.tasks[number - 1]
        console.print(Text(f"Task {number}: {told.title}", "bold"))
        console.print(f"  hint {step} of 3: {told.hints[step - 1]}")
        with contextlib.suppress(OutputError):  # a hint that cannot be recorded is shown all the same
            Progress(course).note(found, "hint", task=number, step=step)
    if step < 3:
        console.print(Text(f"The next one: chefs hint {found.number:02} {task or 1} {step + 1}", "dim"))
