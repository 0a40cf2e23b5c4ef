"""What is told of a class as a whole, for a terminal: submissions that share passages, what has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from manychefs.batch.compare import Change, Comparison
from manychefs.batch.similar import Pair
from manychefs.report import clean, number

NO_FINDING = (
    "A shared passage is no finding about anybody: people talk, read the same pages, or come to the same "
    "thought. What the stub and the course's own answer have is left out. Look at the passages, and ask."
)


def similar(pairs: Sequence[Pair], looked: Mapping[str, int]) -> RenderableType:
    """For each exercise, the pairs of submissions that share passages, with these side by side.

    Args:
        looked: for each exercise's name, how many submissions were compared.
    """
    parts: list[RenderableType] = []
    for exercise, count in looked.items():
        found = [pair for pair in pairs if pair.exercise == exercise]
        if count:
            parts.append(Text(f"{exercise}: {count} submissions; pairs that share passages: {len(found)}"))
        for pair in found:
            parts += _pair(pair)
    if pairs:
        parts.append(Text(f"\n{NO_FINDING}"))
    return Group(*parts)


def _pair(pair: Pair) -> Iterator[RenderableType]:
    yield Text(
        f"\n  {pair.left}, {pair.right}: {pair.shared} fingerprints, {pair.share:.0%} of what is their own",
        style="bold",
    )
    for passage in pair.passages:
        table = Table(expand=True, padding=(0, 1))
        for who, lines in ((pair.left, passage.left_lines), (pair.right, passage.right_lines)):
            table.add_column(f"{who}, lines {lines[0]} to {lines[1]}", ratio=1, overflow="fold")
        table.add_row(_lines(passage.left_text), _lines(passage.right_text))
        yield table


def _lines(lines: list[str]) -> Text:
    return Text(clean("\n".join(lines)))


def compared(found: Comparison) -> RenderableType:
    """What changed between two gradings of one class: each change, how many of each kind, at how many."""
    parts: list[RenderableType] = []
    if found.old_engines != found.new_engines:
        engines = (", ".join(each) or "none" for each in (found.old_engines, found.new_engines))
        parts.append(Text("engine: {} before, {} now".format(*engines)))
    if found.changes:
        parts.append(_changes(found.changes))
        for (title, exercise, old, new), count in _by_check(found.changes).most_common():
            told = f"{count} x {exercise}, {title or 'as a whole'}: {old or 'none'} → {new or 'none'}"
            parts.append(Text(told))
    people = len({change.student for change in found.changes})
    parts.append(Text(f"{len(found.changes)} changes at {people} students; {found.same} checks as before"))
    return Group(*parts)


def _changes(changes: list[Change]) -> Table:
    table = Table(header_style="bold")
    for name in ("student", "exercise", "check", "before", "now", "points"):
        table.add_column(name, overflow="fold")
    for change in changes:
        points = f"{number(change.old_points)} → {number(change.new_points)}"
        cells = (change.student, change.exercise, change.title, change.old, change.new, points)
        table.add_row(*(Text(clean(cell)) for cell in cells))
    return table


def _by_check(changes: list[Change]) -> Counter[tuple[str, str, str, str]]:
    return Counter((change.title, change.exercise, change.old, change.new) for change in changes)
