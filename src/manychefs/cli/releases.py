"""The command that hands things out: release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from manychefs.cli.app import app, the_course
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError
from manychefs.release import nbgrader as nbgrader_release
from manychefs.release import student as student_release


@app.command()
def release(
    context: typer.Context,
    student: Annotated[
        Path | None,
        typer.Option("--student", metavar="DIR", help="What a student gets, in a new folder."),
    ] = None,
    packed: Annotated[
        Path | None,
        typer.Option("--zip", metavar="FILE", help="The same as a zip."),
    ] = None,
    nbgrader: Annotated[
        Path | None,
        typer.Option("--nbgrader", metavar="DIR", help="A course for nbgrader: a notebook an exercise."),
    ] = None,
    gradescope: Annotated[
        Path | None,
        typer.Option("--gradescope", metavar="FILE", help="An autograder for Gradescope, as a zip."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--exercise", metavar="NAME", help="Gradescope: only this one; may be repeated."),
    ] = None,
) -> None:
    """Write what others get of the course: no solution, no hidden check, no known answer is in it."""
    course = the_course(context)
    if not any((student, packed, nbgrader, gradescope)):
        raise ChefsError(
            "What is to be released, and where to?",
            cause="`chefs release` was called without an option.",
            next_step="`chefs release --student DIR` writes a folder, `--zip FILE` an archive, "
            "`--nbgrader DIR` notebooks for nbgrader, `--gradescope FILE` an autograder.",
        )
    if nbgrader is not None:
        _release_to_nbgrader(course, nbgrader)
    if gradescope is not None:
        _release_to_gradescope(course, course.select(list(only or ())), gradescope)
    if student is not None or packed is not None:
        _release_to_students(course, student, packed)


def _release_to_gradescope(course: Course, exercises: list[Exercise], path: Path) -> None:
    from manychefs.release.gradescope import write_autograder

    found = write_autograder(course, exercises, path)
    size = f"{len(found)} files, {sum(map(len, found.values())) / 1e6:.1f} MB"
    print(f"{path}: {size}; upload it under Configure Autograder, and give it 2 CPUs for a speedup to show")


def _release_to_nbgrader(course: Course, folder: Path) -> None:
    for line in nbgrader_release.write_course(course, folder):
        print(line)
    print(f"in {folder}: `nbgrader generate_assignment EXERCISE` makes of a source what students get")


def _release_to_students(course: Course, folder: Path | None, packed: Path | None) -> None:
    found = student_release.student_files(course)
    size = f"{len(found)} files, {sum(map(len, found.values())) / 1e6:.1f} MB"
    if folder is not None:
        student_release.write_folder(found, folder)
        print(f"{folder}: {size}; one command sets it up: python3 chefs.py")
    if packed is not None:
        student_release.write_zip(found, packed)
        print(f"{packed}: {size}, in a folder called {packed.stem}")
