"""Commands for a student's way through the course: next, progress, reset, solution."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from manychefs.cli.app import app, the_course
from manychefs.outputs import terminal
from manychefs.outputs.progress import Progress, Standing, bar, standings
from manychefs.report import number

One = Annotated[str, typer.Argument(metavar="EXERCISE", help="Number, slug or both.")]
BAR = 30  # characters


@app.command("next")
def next_exercise(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say which exercise comes next, and where its lesson and its file are."""
    course = the_course(context)
    found = Progress(course).next_exercise()
    if as_json:
        body = None
        if found is not None:
            body = {
                "exercise": found.name,
                "title": found.title,
                "concept": found.concept,
                "minutes": found.minutes,
                "lesson": str(course.lesson(found)),
                "file": str(course.stub(found)),
            }
        print(msgspec.json.encode(body).decode())
        return
    console = terminal.console()
    if found is None:
        console.print("All exercises are passed: the course is done.")
        return
    console.print(Text.assemble((found.name, "bold"), f"  {found.title}"))
    console.print(f"  {found.concept}; about {found.minutes} minutes", soft_wrap=True)
    console.print(f"  lesson  {shown(course.lesson(found))}", soft_wrap=True)
    console.print(f"  file    {shown(course.stub(found))}", soft_wrap=True)
    console.print(f"  check   chefs check {found.number:02}, or at each save: chefs watch")


@app.command("progress")
def show_progress(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show what is done: passed, begun, hints, points as they were last checked."""
    course = the_course(context)
    rows = standings(course)
    if as_json:
        print(msgspec.json.encode(_as_json(rows)).decode())
        return
    console = terminal.console()
    done = sum(row.passed for row in rows)
    console.print(Text(course.title, "bold"))
    console.print(f"{bar(done, len(rows), BAR)}  {done} of {len(rows)} exercises passed")
    console.print()
    width = max(len(row.exercise.slug) for row in rows)
    for row in rows:
        console.print(_line(row, width))
    if done < len(rows):
        console.print()
        console.print(Text("  The next one: chefs next", "dim"))


def _line(row: Standing, width: int) -> Text:
    points = f"{number(row.report.score)}/{number(row.report.points)}" if row.report else ""
    colour = "green" if row.passed else "red" if row.is_begun else "dim"
    return Text.assemble(
        "  ",
        (row.sign, colour),
        f" {row.exercise.number:02} {row.exercise.slug:<{width}} {points:>6}  ",
        (row.words(), "dim"),
    )


def _as_json(rows: list[Standing]) -> dict[str, object]:
    following = next((row.exercise.name for row in rows if not row.passed), None)
    return {
        "passed": sum(row.passed for row in rows),
        "exercises": len(rows),
        "next": following,
        "standings": [
            {
                "exercise": row.exercise.name,
                "title": row.exercise.title,
                "passed": row.passed,
                "begun": row.is_begun,
                "changed": row.changed,
                "score": row.report.score if row.report else None,
                "points": row.report.points if row.report else row.exercise.points,
                "hints": row.hints,
                "gave_up": row.gave_up,
            }
            for row in rows
        ],
    }


@app.command()
def reset(context: typer.Context, exercise: One) -> None:
    """Put an exercise's file back as it was given out; what you wrote is kept."""
    from manychefs.watch import actions

    course = the_course(context)
    found = course.find(exercise)
    copy = actions.reset(course, Progress(course), found)
    console = terminal.console()
    path = shown(course.stub(found))
    if copy is None:
        console.print(f"{path} is as it was given out.", soft_wrap=True)
        return
    console.print(f"{path} is as it was given out again.", soft_wrap=True)
    console.print(f"What you had written is kept in {shown(copy)}", soft_wrap=True)


@app.command()
def solution(
    context: typer.Context,
    exercise: One,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Show it though you have not passed; this is recorded.")
    ] = False,
) -> None:
    """Show the reference solution, once you have passed."""
    from manychefs.watch import actions

    course = the_course(context)
    found = course.find(exercise)
    sys.stdout.write(actions.solution(course, Progress(course), found, give_up=give_up))


def shown(path: Path) -> str:
    """A path as it is typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
