"""An Interleaving as a picture: a space-time diagram in SVG, a lifeline an actor, time downwards.

Self-contained: no script, no font, no address. It may stand in a page, so all its style is under its own
class, and it has no ids that two pictures on one page would share.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from rich.cells import cell_len

from manychefs.outputs.interleavings import words
from manychefs.outputs.interleavings.folding import Row, Shown, fold
from manychefs.report import Interleaving, Step, Waiting

WIDEST, NARROWEST = 900, 480  # of the picture; more than six actors make it wider
LANE_WIDEST, LANE_NARROWEST = 270, 144
MARGIN = 16
INSET = 16  # from the left edge of a lane to its lifeline
LABEL = 16  # from a lifeline to the words beside it
COLUMN, BOLD_COLUMN, HEADLINE_COLUMN = 6.7, 7.6, 8.4  # a letter's usual width
LINE = 15  # from one line of words to the next
ABOVE = 14  # from the upper edge of a row to its dot
BELOW = 17  # from the last line of words of a row to its lower edge: arrows run there

STYLE = """
.chefs-order { --paper: #ffffff; --ink: #1f2328; --dim: #59636e; --rule: #c4ccd4; --work: #0969da;
  --decisive: #b54708; --wait: #c01c28; font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) { .chefs-order { --paper: #0d1117; --ink: #e6edf3; --dim: #9ba3ac;
  --rule: #454d57; --work: #4493f8; --decisive: #f0883e; --wait: #ff7b72; } }
.chefs-order .paper { fill: var(--paper); }
.chefs-order text { fill: var(--ink); stroke: var(--paper); stroke-width: 3px; paint-order: stroke;
  stroke-linejoin: round; }
.chefs-order .headline { font-size: 14px; font-weight: 600; }
.chefs-order .dim { fill: var(--dim); }
.chefs-order .name, .chefs-order .decisive { font-weight: 600; }
.chefs-order .source { font: 11px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.chefs-order .box { fill: var(--paper); stroke: var(--rule); }
.chefs-order .life { stroke: var(--rule); stroke-width: 1.5; }
.chefs-order .work { fill: var(--work); }
.chefs-order .gap { stroke: var(--paper); stroke-width: 5; }
.chefs-order .wait { fill: none; stroke: var(--wait); stroke-width: 2.5; stroke-dasharray: 3 4; }
.chefs-order .head { fill: var(--wait); }
.chefs-order .switch { fill: none; stroke: var(--dim); stroke-width: 1.5; stroke-linejoin: round; }
.chefs-order .tip { fill: var(--dim); }
.chefs-order .dot { fill: var(--paper); stroke: var(--work); stroke-width: 2; }
.chefs-order .ring { fill: none; stroke: var(--decisive); stroke-width: 2.5; }
.chefs-order .heart { fill: var(--decisive); }
.chefs-order .left { fill: none; stroke: var(--rule); stroke-dasharray: 2 3; }
"""
KEY = "Thick: at work. Arrow: another one goes on. Ringed: makes this order go wrong. Dashed: waits."


def svg(interleaving: Interleaving) -> str:
    """The order of steps as an SVG document, to be written to a file or put into a page."""
    rows = fold(interleaving.steps)
    frame = _Frame(interleaving, words.lanes(interleaving, rows))
    head, top = _headline(frame)
    boxes, top = _boxes(frame, top)
    placed = _places(frame, rows, top)
    lines_end = placed[-1].bottom if placed else top
    edges, bottom = _edges(frame, lines_end + 6)
    foot, height = _foot(frame, bottom + 10)
    lines = _lifelines(frame, top, bottom)
    parts = [*head, *lines, *_waits(frame, placed, lines_end), *boxes, *_work(frame, placed)]
    parts += [*_switches(frame, placed), *_steps(frame, placed), *edges, *foot]
    return _document(frame, height, parts)


class _Frame:
    """What is drawn, how wide the picture is, and where each actor's lifeline runs."""

    def __init__(self, interleaving: Interleaving, lanes: Sequence[str]) -> None:
        room = (WIDEST - 2 * MARGIN) // max(len(lanes), 1)
        self.interleaving = interleaving
        self.lane = max(LANE_NARROWEST, min(LANE_WIDEST, room))
        self.width = max(NARROWEST, 2 * MARGIN + self.lane * len(lanes))
        self.x = {actor: MARGIN + INSET + self.lane * index for index, actor in enumerate(lanes)}

    def columns(self, x: float, column: float = COLUMN) -> int:
        """How many letters there is room for from `x` to the right edge."""
        return int((self.width - MARGIN - x) / column)


@dataclass(frozen=True, slots=True)
class _Place:
    """A row, the lines of words beside it, and where it stands: upper edge, dot, lower edge.

    actor: whose lane it is in, or nothing for a row that goes across all of them.
    """

    row: Row
    actor: str | None
    lines: list[str]
    source: str
    top: float

    @property
    def dot(self) -> float:
        return self.top + ABOVE

    @property
    def bottom(self) -> float:
        return self.dot + LINE * (len(self.lines) + bool(self.source) - 1) + BELOW


# -- text -------------------------------------------------------------------------------------


def _text(x: float, y: float, content: str, kind: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(content)}</text>'


def _paragraph(frame: _Frame, top: float, text: str, kind: str) -> tuple[list[str], float]:
    """Text from edge to edge, in as many lines as it takes; and where it ends."""
    lines = _wrapped(text, frame.columns(MARGIN, HEADLINE_COLUMN))
    drawn = [_text(MARGIN, top + 13 + 18 * index, line, kind) for index, line in enumerate(lines)]
    return drawn, top + 18 * len(lines)


def _wrapped(text: str, columns: int) -> list[str]:
    # A wide character counts twice here: a sign that takes no room stands behind it for the while.
    room = "".join(char if cell_len(char) < 2 else f"{char}\x00" for char in text)
    return [line.replace("\x00", "") for line in textwrap.wrap(room, columns)] or [""]


def _headline(frame: _Frame) -> tuple[list[str], float]:
    """What happened and how it was found; and where that ends."""
    happened, top = _paragraph(frame, MARGIN, words.happened(frame.interleaving), "headline")
    usual = "dim" if frame.interleaving.replays >= 2 else ""
    found, top = _paragraph(frame, top, words.found(frame.interleaving), usual)
    latent, top = _paragraph(frame, top, words.LATENT, "") if frame.interleaving.latent else ([], top)
    return [*happened, *found, *latent], top + 12


def _foot(frame: _Frame, top: float) -> tuple[list[str], float]:
    """The circle of those who wait, then what the signs mean; and where that ends."""
    circle = words.circle(frame.interleaving)
    told, top = _paragraph(frame, top, circle, "name") if circle else ([], top)
    key, top = _paragraph(frame, top + 4, KEY, "dim")
    return [*told, *key], top + MARGIN / 2


def _described(interleaving: Interleaving) -> str:
    """The picture in words, for those who do not see it."""
    decisive = [step for step in interleaving.steps if step.decisive][:20]
    steps = [f"{words.name(step.actor)}, {words.action(step)}." for step in decisive]
    waits = [f"{words.waits(each)}." for each in interleaving.waiting[: words.MOST_WAITING]]
    told = [words.found(interleaving), "The decisive steps:" if steps else "", *steps, *waits]
    return " ".join(filter(None, [*told, words.circle(interleaving)]))


def _document(frame: _Frame, height: float, parts: Iterable[str]) -> str:
    size = f'width="{frame.width:g}" height="{height:g}" viewBox="0 0 {frame.width:g} {height:g}"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chefs-order" role="img" {size}>',
            f"<title>{escape(words.happened(frame.interleaving))}</title>",
            f"<desc>{escape(_described(frame.interleaving))}</desc>",
            f"<style>{STYLE}</style>",
            '<rect class="paper" width="100%" height="100%" rx="6"/>',
            *parts,
            "</svg>\n",
        )
    )


# -- lanes and rows ---------------------------------------------------------------------------


def _boxes(frame: _Frame, top: float) -> tuple[list[str], float]:
    """Each actor's name over its lifeline, with the function that it runs; and where the boxes end."""
    run = {actor: words.runs(frame.interleaving, actor) for actor in frame.x}
    height = 40 if any(run.values()) else 24
    drawn = []
    for actor, x in frame.x.items():
        box = f'x="{x - INSET}" y="{top:g}" width="{frame.lane - 12}" height="{height}" rx="4"'
        drawn += [f'<rect class="box" {box}/>', _text(x - 8, top + 16, words.name(actor), "name")]
        if run[actor]:
            drawn.append(_text(x - 8, top + 32, words.short(run[actor], 17), "dim"))
    return drawn, top + height


def _lifelines(frame: _Frame, top: float, bottom: float) -> list[str]:
    return [_vertical(x, top, bottom, "life") for x in frame.x.values()]


def _vertical(x: float, top: float, bottom: float, kind: str) -> str:
    return f'<path class="{kind}" d="M{x:g} {top:g}V{bottom:g}"/>'


def _places(frame: _Frame, rows: Sequence[Row], top: float) -> list[_Place]:
    """Where each row stands, one below the other."""
    placed: list[_Place] = []
    for row in rows:
        placed.append(_place(frame, row, placed[-1].bottom if placed else top + 4))
    return placed


def _place(frame: _Frame, row: Row, top: float) -> _Place:
    columns = int((frame.lane - INSET - LABEL) / (BOLD_COLUMN if _is_decisive(row) else COLUMN))
    if isinstance(row, Shown):
        x = frame.x[row.step.actor] + LABEL
        source = words.short(row.step.source, min(60, frame.columns(x))) if row.step.decisive else ""
        lines = _wrapped(words.short(words.action(row.step), 3 * columns - 6), columns)
        return _Place(row, row.step.actor, lines, source, top)
    actor = next(iter(row.counts)) if len(row.counts) == 1 else None
    if actor not in frame.x:
        return _Place(row, None, [words.more(row)], "", top)
    return _Place(row, actor, _wrapped(words.more(row), columns), "", top)


def _is_decisive(row: Row) -> bool:
    return isinstance(row, Shown) and row.step.decisive


def _work(frame: _Frame, placed: Sequence[_Place]) -> list[str]:
    """The stretches in which each actor is at work, thick on its lifeline."""
    drawn = []
    for actor, group in itertools.groupby(placed, lambda place: place.actor):
        stretch = list(group)
        if actor is not None:
            top, bottom = stretch[0].dot - 8, max(stretch[-1].dot + 8, stretch[-1].bottom - BELOW)
            size = f'x="{frame.x[actor] - 4}" y="{top:g}" width="8" height="{bottom - top:g}" rx="4"'
            drawn.append(f'<rect class="work" {size}/>')
    return drawn


def _waits(frame: _Frame, placed: Sequence[_Place], end: float) -> Iterator[str]:
    """Dashed, from a step that waits to the actor's next one, or to the end if there is none."""
    stuck = {waiting.actor for waiting in frame.interleaving.waiting}
    for index, place in enumerate(placed):
        if place.actor is None or not isinstance(place.row, Shown):
            continue
        following = next((each.dot for each in placed[index + 1 :] if each.actor == place.actor), None)
        if _is_wait(place.row.step) or (following is None and place.actor in stuck):
            ends = (place.dot, end if following is None else following)
            yield _vertical(frame.x[place.actor], *ends, "gap")
            yield _vertical(frame.x[place.actor], *ends, "wait")


def _is_wait(step: Step) -> bool:
    return step.action.startswith("waits")


def _switches(frame: _Frame, placed: Sequence[_Place]) -> Iterator[str]:
    """An arrow along the edge between two rows wherever another actor goes on."""
    for before, after in itertools.pairwise(placed):
        if before.actor is None or after.actor is None or before.actor == after.actor:
            continue
        start, end = frame.x[before.actor], frame.x[after.actor]
        edge, tip = after.top - 3, after.dot - 10
        yield f'<path class="switch" d="M{start} {before.dot + 8:g}V{edge:g}H{end}V{tip - 2:g}"/>'
        yield f'<path class="tip" d="M{end} {tip + 2:g}l-4 -7h8z"/>'


def _steps(frame: _Frame, placed: Sequence[_Place]) -> Iterator[str]:
    for place in placed:
        if isinstance(place.row, Shown):
            yield from _step(frame, place, place.row)
        else:
            yield from _left_out(frame, place)


def _step(frame: _Frame, place: _Place, row: Shown) -> Iterator[str]:
    """The dot of a step, ringed if decisive, with the words beside it; all of them when pointed at."""
    x, kind = frame.x[row.step.actor], "decisive" if row.step.decisive else ""
    yield f"<g><title>{escape(_told(row))}</title>"
    if row.step.decisive:
        yield f'<circle class="box" cx="{x}" cy="{place.dot:g}" r="8"/>'
        yield f'<circle class="ring" cx="{x}" cy="{place.dot:g}" r="8"/>'
        yield f'<circle class="heart" cx="{x}" cy="{place.dot:g}" r="3.5"/>'
    else:
        yield f'<circle class="dot" cx="{x}" cy="{place.dot:g}" r="3.5"/>'
    lines = [(line, kind) for line in place.lines] + [(place.source, "source")] * bool(place.source)
    for index, (line, style) in enumerate(lines):
        yield _text(x + LABEL, place.dot + 4 + LINE * index, line, style)
    yield "</g>"


def _told(row: Shown) -> str:
    """`Step 12, p1: line 14  reads 41 (Value of line 20): tally.value += 1`"""
    target, source = words.short(row.step.target, words.TARGET), words.short(row.step.source, words.SOURCE)
    told = f"Step {row.number:,}, {words.name(row.step.actor)}: {words.action(row.step)}"
    return f"{told}{f' ({target})' if target else ''}{f': {source}' if source else ''}"


def _left_out(frame: _Frame, place: _Place) -> Iterator[str]:
    """Words in the actor's lane, or across all lanes in a box."""
    if place.actor is None:
        size = f'width="{frame.width - 2 * MARGIN}" height="{place.bottom - place.top - 8:g}" rx="4"'
        yield f'<rect class="box" x="{MARGIN}" y="{place.top + 2:g}" {size}/>'
    x = MARGIN + 8 if place.actor is None else frame.x[place.actor] + LABEL
    for index, line in enumerate(place.lines):
        yield _text(x, place.dot + 4 + LINE * index, line, "dim")


# -- who waits for whom -----------------------------------------------------------------------


def _edges(frame: _Frame, top: float) -> tuple[list[str], float]:
    """An arrow from each who waits to who holds what it waits for; and where they end."""
    drawn: list[str] = []
    for waiting in frame.interleaving.waiting[: words.MOST_WAITING]:
        drawn += _edge(frame, waiting, top)
        top += 40
    return drawn, top


def _edge(frame: _Frame, waiting: Waiting, top: float) -> Iterator[str]:
    start, end = frame.x[waiting.actor], frame.x.get(words.holder(waiting))
    told = words.short(words.waits(waiting), frame.columns(MARGIN))
    x = min(start, end if end is not None else start) + 8
    x = max(MARGIN, min(x, frame.width - MARGIN - int(cell_len(told) * COLUMN)))
    yield _text(x, top + 14, told)
    y = top + 26
    if end is not None and end != start:
        back = -9 if end > start else 9
        yield f'<path class="wait" d="M{start} {y:g}H{end + back}"/>'
        yield f'<path class="head" d="M{end} {y:g}l{back} -5v10z"/>'
    yield f'<circle class="head" cx="{start}" cy="{y:g}" r="4"/>'
