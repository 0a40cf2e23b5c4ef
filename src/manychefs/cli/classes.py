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
from rich.console import Console
from rich.table import Table
from rich.text import Text

from manychefs.batch import kept as keeping
from manychefs.batch.compare import Change, Comparison, compare
from manychefs.batch.find import find_class
from manychefs.batch.similar import Document, Pair, document, similar
from manychefs.cli.app import app, the_course
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError
from manychefs.grading.submission import Source, read_submission
from manychefs.outputs import terminal
from manychefs.report import clean, number

NO_FINDING = (
    "A shared passage is no finding about anybody: people talk, read the same pages, or come to the same "
    "thought. What the stub and the course's own answer have is left out. Look at the passages, and ask."
)

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
        _show_pairs(terminal.console(), pairs, looked)
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


def _show_pairs(console: Console, pairs: list[Pair], looked: Counter[str]) -> None:
    for exercise, count in looked.items():
        found = [pair for pair in pairs if pair.exercise == exercise]
        if count:
            console.print(f"{exercise}: {count} submissions; pairs that share passages: {len(found)}")
        for pair in found:
            _show_pair(console, pair)
    if pairs:
        console.print(f"\n{NO_FINDING}")


def _show_pair(console: Console, pair: Pair) -> None:
    console.print(
        f"\n  {pair.left}, {pair.right}: {pair.shared} fingerprints, {pair.share:.0%} of what is their own",
        style="bold",
    )
    for passage in pair.passages:
        table = Table(expand=True, padding=(0, 1))
        for who, lines in ((pair.left, passage.left_lines), (pair.right, passage.right_lines)):
            table.add_column(f"{who}, lines {lines[0]} to {lines[1]}", ratio=1, overflow="fold")
        table.add_row(_lines(passage.left_text), _lines(passage.right_text))
        console.print(table)


def _lines(lines: list[str]) -> Text:
    return Text(clean("\n".join(lines)))


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
        _show_changes(terminal.console(), found)
    return 1 if found.changes else 0


def _show_changes(console: Console, found: Comparison) -> None:
    if found.old_engines != found.new_engines:
        engines = (", ".join(each) or "none" for each in (found.old_engines, found.new_engines))
        console.print("engine: {} before, {} now".format(*engines))
    table = Table(header_style="bold")
    for name in ("student", "exercise", "check", "before", "now", "points"):
        table.add_column(name, overflow="fold")
    for change in found.changes:
        points = f"{number(change.old_points)} → {number(change.new_points)}"
        cells = (change.student, change.exercise, change.title, change.old, change.new, points)
        table.add_row(*(Text(clean(cell)) for cell in cells))
    if found.changes:
        console.print(table)
        for (title, exercise, old, new), count in _by_check(found.changes).most_common():
            console.print(f"{count} x {exercise}, {title or 'as a whole'}: {old or 'none'} → {new or 'none'}")
    people = len({change.student for change in found.changes})
    console.print(f"{len(found.changes)} changes at {people} students; {found.same} checks as before")


def _by_check(changes: list[Change]) -> Counter[tuple[str, str, str, str]]:
    return Counter((change.title, change.exercise, change.old, change.new) for change in changes)
