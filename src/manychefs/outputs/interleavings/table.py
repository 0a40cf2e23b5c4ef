"""An Interleaving for a terminal: a column an actor, a row a step, the decisive steps marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.table import Table
from rich.text import Text

from manychefs.outputs.interleavings import words
from manychefs.outputs.interleavings.folding import Row, Shown, fold
from manychefs.report import Interleaving, Step, Waiting

NARROWEST = 12  # columns of text that an actor's column needs at least: `takes a lock`
BESIDE = 7  # what the column of signs and line numbers takes
BETWEEN = 3  # the line between two columns, with a space on either side
DECISIVE = "bold yellow"


def table(interleaving: Interleaving, width: int) -> RenderableType:
    """What happened, the steps, the lines of the decisive ones, and in a deadlock who waits for what.

    Args:
        width: columns that there are. An actor gets a column of its own where all of them fit.
    """
    rows = fold(interleaving.steps)
    lanes = words.lanes(interleaving, rows)
    steps = _columns(interleaving, rows, lanes, width) if _fits(rows, lanes, width) else _list(rows)
    parts = [_headline(interleaving), steps, _sources(interleaving, rows), _waiting(interleaving)]
    spaced = (each for part in parts if part is not None for each in (part, Text()))
    return Constrain(Group(*spaced), width)


def _headline(interleaving: Interleaving) -> RenderableType:
    found = Text(words.found(interleaving), "dim" if interleaving.replays >= 2 else "")
    latent = [Text(words.LATENT)] if interleaving.latent else []
    return Group(Text(words.happened(interleaving), "bold"), found, *latent)


def _fits(rows: Sequence[Row], lanes: Sequence[str], width: int) -> bool:
    """Whether each actor with a step in these rows can have a column that is wide enough."""
    folded = {actor for row in rows if not isinstance(row, Shown) for actor in row.counts}
    return bool(lanes) and folded <= set(lanes) and (width - BESIDE) // len(lanes) - BETWEEN >= NARROWEST


# -- a column an actor ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where line numbers stand (in the actor's column or in one of their own), and where targets do.

    targets: `column`, one of their own at the right; `cell`, under a decisive action; `below`, only with the
    lines under the table.
    """

    lines_inside: bool
    targets: str


def _columns(interleaving: Interleaving, rows: Sequence[Row], lanes: Sequence[str], width: int) -> Table:
    """The steps, in the roomiest layout that needs no line to be broken, else in the closest one."""
    several = len({row.step.target for row in rows if isinstance(row, Shown)} - {""}) > 1
    targets = ("column", "cell") if several else ("below",)
    layouts = [_Layout(inside, where) for where in targets for inside in (True, False)]
    heads = [_head(interleaving, actor) for actor in lanes]
    grids = [[_cells(row, lanes, layout) for row in rows] for layout in layouts]
    for layout, grid in zip(layouts, grids, strict=True):
        if _natural_width([*grid, [Text(), *heads]]) <= width:
            return _drawn(layout, heads, grid)
    return _drawn(layouts[-1], heads, grids[-1])


def _head(interleaving: Interleaving, actor: str) -> Text:
    runs = words.runs(interleaving, actor)
    return Text.assemble((words.name(actor), "bold"), (f"\n{runs}" if runs else "", "dim"))


def _drawn(layout: _Layout, heads: list[Text], grid: list[list[Text]]) -> Table:
    """The grid with a rule between columns, as wide as its text asks for."""
    drawn = Table(box=box.MINIMAL, show_edge=False, pad_edge=False, header_style="")
    drawn.add_column("" if layout.lines_inside else Text("line", "dim"), justify="right", no_wrap=True)
    for head in heads:
        drawn.add_column(head, overflow="fold")
    if layout.targets == "column":
        drawn.add_column(Text("with", "dim"), style="dim", overflow="fold")
    for cells in grid:
        drawn.add_row(*cells)
    return drawn


def _cells(row: Row, lanes: Sequence[str], layout: _Layout) -> list[Text]:
    """A row: sign and perhaps line number, a cell for each actor, perhaps what the step works with."""
    ends = [Text()] if layout.targets == "column" else []
    if not isinstance(row, Shown):
        folded = [row.counts.get(actor, 0) for actor in lanes]
        texts = [f"… {words.counted(count, 'more step')}" if count else "" for count in folded]
        return [Text(words.SIGN if row.decisive else ""), *(Text(each, "dim") for each in texts), *ends]
    if ends:
        ends = [Text(words.short(row.step.target, words.TARGET))]
    cells = [_action(row.step, layout) if actor == row.step.actor else Text() for actor in lanes]
    return [_mark(row.step, layout), *cells, *ends]


def _mark(step: Step, layout: _Layout) -> Text:
    line = "" if layout.lines_inside or step.line is None else f" {step.line}"
    return Text(f"{words.SIGN if step.decisive else ''}{line}", DECISIVE if step.decisive else "")


def _action(step: Step, layout: _Layout) -> Text:
    text = words.action(step) if layout.lines_inside else words.what(step)
    target = words.short(step.target, words.TARGET) if step.decisive and layout.targets == "cell" else ""
    return Text.assemble((text, DECISIVE if step.decisive else ""), (f"\n{target}" if target else "", "dim"))


def _natural_width(grid: Sequence[Sequence[Text]]) -> int:
    """Columns that a grid takes when none of its lines is broken."""
    widest: dict[int, int] = {}
    for cells in grid:
        for column, cell in enumerate(cells):
            needed = max(map(cell_len, cell.plain.split("\n")))
            widest[column] = max(widest.get(column, len("line")), needed)
    return sum(widest.values()) + BETWEEN * (len(widest) - 1)


# -- one column -------------------------------------------------------------------------------


def _list(rows: Sequence[Row]) -> Table:
    """`● p1: line 14  reads 41`, one below the other: for many actors and for narrow terminals."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, width=1)
    grid.add_column(overflow="fold")
    for row in rows:
        if isinstance(row, Shown):
            style = DECISIVE if row.step.decisive else ""
            grid.add_row(Text(words.SIGN if row.step.decisive else "", style), _line(row.step, style))
        else:
            grid.add_row(Text(), Text(words.more(row), "dim"))
    return grid


def _line(step: Step, style: str) -> Text:
    target = words.short(step.target, words.TARGET)
    return Text.assemble(
        (f"{words.name(step.actor)}: {words.action(step)}", style), (f"  ({target})" if target else "", "dim")
    )


# -- below ------------------------------------------------------------------------------------


def _sources(interleaving: Interleaving, rows: Sequence[Row]) -> RenderableType | None:
    """The legend of the sign, and the source of each decisive line."""
    if not any(step.decisive for step in interleaving.steps):
        return None
    lines = words.sources(interleaving, rows)
    widest = max((cell_len(where) for where, _, _ in lines), default=0)
    return Group(Text(words.LEGEND, "dim"), *(_source(*line, widest) for line in lines))


def _source(where: str, source: str, target: str, widest: int) -> Text:
    """`  tally.py:14  tally.value += 1  (Value of line 20)`"""
    between = " " * (widest - cell_len(where) + 2)
    return Text.assemble(f"  {where}{between}", (source, "bold"), (f"  ({target})" if target else "", "dim"))


def _waiting(interleaving: Interleaving) -> RenderableType | None:
    """Who waits for what, held by whom; then the circle, if there is one."""
    if not interleaving.waiting:
        return None
    lines = [Text("Who waits for what", "bold")]
    for waiting in interleaving.waiting[: words.MOST_WAITING]:
        lines += _who(waiting)
    if left := len(interleaving.waiting) - words.MOST_WAITING:
        lines += [Text(f"  … {left:,} more")] if left > 0 else []
    circle = words.circle(interleaving)
    return Group(*lines, *([Text(circle, "bold")] if circle else []))


def _who(waiting: Waiting) -> list[Text]:
    place = words.stands(waiting)
    return [Text(f"  {words.waits(waiting)}"), *([Text(f"    {place}", "dim")] if place else [])]
