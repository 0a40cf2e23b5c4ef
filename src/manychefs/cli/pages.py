"""The command for a student's own page: report."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from manychefs import files
from manychefs.batch.run import Job, usual_slots
from manychefs.cli.app import app, the_course
from manychefs.cli.progress import graded
from manychefs.course import Course, Exercise
from manychefs.outputs.progress import Progress
from manychefs.outputs.scores import total_text
from manychefs.report import Report


@app.command()
def report(
    context: typer.Context,
    exercises: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EXERCISE]…", help="Number, slug or both (default: all)."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the page goes.")] = Path(
        "report.html"
    ),
) -> None:
    """Write a page of your answers: every check, what happened, why, and what to try next."""
    from manychefs.outputs.html.student import student_page

    course = the_course(context)
    chosen = course.select(list(exercises or ()))
    files.prepare(out.parent)
    reports = _reports(course, chosen)
    files.write(out, student_page(reports, course=course.title).encode(), "--out FILE")
    print(f"{out}: {total_text(reports)}")
    address = out.resolve().as_uri()
    if show and not webbrowser.open(address):
        print(f"No browser could be started here; the page is at {address}")


def _reports(course: Course, exercises: list[Exercise]) -> list[Report]:
    """The reports on the student's own files, in the order of the exercises.

    What `chefs` has graded already, and what nothing has changed in since, is not graded again.
    """
    progress = Progress(course)
    found = {exercise.name: progress.current(exercise) for exercise in exercises}
    jobs = [Job(each, course.stub(each)) for each in exercises if found[each.name] is None]
    for result in graded(course, jobs, usual_slots(), quiet=False):
        if result.refused is not None:
            raise result.refused
        found[result.job.exercise.name] = result.report
    return [report for report in found.values() if report is not None]
