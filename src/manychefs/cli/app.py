"""The command line's root: the global option, and the commands of each group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from manychefs import __version__
from manychefs.course import Course, find_course_root, load_course

app = typer.Typer(
    help="Many Chefs: an auto-graded course in Python multiprocessing.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"chefs {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    course: Annotated[
        Path | None,
        typer.Option("--course", metavar="DIR", help="The course's folder (default: upward from here)."),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Many Chefs: an auto-graded course in Python multiprocessing."""
    context.obj = course
    if context.invoked_subcommand is None:
        watch.alone(context)


def the_course(context: typer.Context) -> Course:
    """The course that this command is about.

    Raises:
        CourseError: if there is none, or it is broken.
    """
    given: Path | None = context.obj
    return load_course(given.resolve() if given is not None else find_course_root())


# Imported for the commands that they add.
from manychefs.cli import (  # noqa: E402
    author,
    ci,
    classes,
    completion,
    explore,
    export,
    extras,
    instructor,
    learning,
    machine,
    pages,
    releases,
    speedup,
    student,
    watch,
)

__all__ = [
    "app",
    "author",
    "ci",
    "classes",
    "completion",
    "explore",
    "export",
    "extras",
    "instructor",
    "learning",
    "machine",
    "pages",
    "releases",
    "speedup",
    "student",
    "the_course",
    "watch",
]
