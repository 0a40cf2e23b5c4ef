"""Commands that look at a class as a whole: similar, compare."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from manychefs.batch import kept as keeping
from manychefs.batch.compare import compare
from manychefs.batch.find import find_class
from manychefs.batch.similar import Document, Pair, document, similar
from manychefs.cli.app import app, the_course
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError
from manychefs.grading.submission import Source, read_submission
from manychefs.outputs import classes, terminal

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH…", help="A class, in any layout that `chefs grade` takes.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.command(name="similar")
def similar_(
    context: typer.Context,
    paths: Paths,
    only: Annotated[
        list[str] | None, typer.Option("--exercise", metavar="NAME", help="Only this one; may be repeated.")
    ] = None,
    least: Annotated[
        float,
        typer.Option("--least", min=0.0, max=1.0, help="The part of what is a student's own that is shared."),
    ] = 0.5,
    as_json: AsJson = False,
) -> int:
    """List pairs of submissions that share passages beyond what everybody was given. It accuses nobody."""
    course = the_course(context)
    pairs: list[Pair] = []
    looked: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="manychefs-") as room:
        students = find_class(course, paths, Path(room)).students
        for exercise in course.select(list(only or ())):
            sources = ((each.name, each.submission(exercise)) for each in students)
            documents = list(_documents(exercise, sources))
            looked[exercise.name] = len(documents)
            pairs += similar(exercise.name, documents, _given(course, exercise), least)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode({"compared": looked, "pairs": pairs}) + b"\n")
    else:
        terminal.console().print(classes.similar(pairs, looked))
    return 0


def _documents(exercise: Exercise, sources: Iterator[tuple[str, Source | None]]) -> Iterator[Document]:
    """The submissions that can be read; `chefs grade` says of the others why not."""
    for student, source in sources:
        if source is None:
            continue
        try:
            data = read_submission(source, exercise).data or b""
        except ChefsError:
            continue
        yield document(student, data.decode("utf-8", "replace"))


def _given(course: Course, exercise: Exercise) -> list[str]:
    paths = (course.stub(exercise), course.solution(exercise))
    return [path.read_text("utf-8") for path in paths if path.is_file()]


@app.command(name="compare")
def compare_(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The --out folder of one grading.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="That of another grading of the same class.")],
    as_json: AsJson = False,
) -> int:
    """Tell what changed between two gradings of one class. Exit code 1 if anything did."""
    tables = [keeping.table(folder, keeping.read_record(folder)) for folder in (old, new)]
    found = compare(*tables)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
    else:
        terminal.console().print(classes.compared(found))
    return 1 if found.changes else 0
