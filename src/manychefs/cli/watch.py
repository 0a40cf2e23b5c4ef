"""`chefs watch`, and `chefs` alone: the exercise is checked at each save, full-screen or line by line."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

import typer

from manychefs.cli import confined
from manychefs.cli.app import app, the_course
from manychefs.course import Course, Exercise
from manychefs.outputs.progress import Progress
from manychefs.sandbox import choice


@app.command()
def watch(
    context: typer.Context,
    exercise: Annotated[
        str | None, typer.Argument(help="Where to begin: number, slug or both (default: the next one).")
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Line after line: for dumb terminals and screen readers.")
    ] = False,
    confinement: confined.Wanted = "",
    require_confinement: confined.Required = False,
) -> None:
    """Check at each save: full-screen in a terminal, or line by line with --plain."""
    course = the_course(context)
    layer = choice.choose(confinement, required=require_confinement)
    first = course.find(exercise) if exercise is not None else begin_with(course)
    if plain or not is_screen():
        from manychefs.watch.plain import watch_plainly

        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            signal.signal(number, signal.default_int_handler)  # as Ctrl-C: what is running is ended
        return watch_plainly(course, first, layer)
    from manychefs.watch.screen import View

    view = View(course, first, layer)
    try:
        view.run()
    finally:
        view.close()


def alone(context: typer.Context) -> None:
    """`chefs` without a command: the view where there is a terminal for it, the help elsewhere."""
    if is_screen():
        return watch(context)
    print(context.get_help())
    raise typer.Exit(2)


def is_screen() -> bool:
    """Whether a full-screen view can be shown: keys come from a terminal, and it can move its cursor."""
    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual draws on stderr
    return all(each.isatty() for each in streams) and os.environ.get("TERM", "dumb") != "dumb"


def begin_with(course: Course) -> Exercise:
    """The exercise to begin with: the first that was not passed, or the last one."""
    return Progress(course).next_exercise() or course.exercises[-1]
