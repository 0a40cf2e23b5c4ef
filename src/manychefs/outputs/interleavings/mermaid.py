"""An Interleaving for a GitHub summary: a Mermaid sequence diagram, without the fence around it."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from manychefs.outputs.interleavings import words
from manychefs.outputs.interleavings.folding import Row, Shown, fold
from manychefs.report import Interleaving, Step, Waiting

# See-through, so that GitHub's light and dark text can both be read on it.
DECISIVE = "rect rgba(240, 136, 62, 0.25)"
LARGEST = 50_000  # characters; GitHub refuses a diagram that has more
LONGEST = (400, 200, 100, 50)  # characters of one text: the first with which the whole is not too large
MARKS = frozenset(".,+=()[]_/-")
DOTS = "#8230;"
KEYWORD = re.compile(
    "accdescr|acctitle|activate|actor|alt|and|as|autonumber|box|break|classdef|create|critical|deactivate|destroy"
    "|details|else|end|init|left|links?|loop|note|nowrap|opt|option|over|par|participant|properties|rect|right"
    "|sequencediagram|style|title|wrap",
    re.IGNORECASE,
)


def mermaid(interleaving: Interleaving) -> str:
    """The order of steps as a `sequenceDiagram`: notes for steps, arrows where another actor goes on.

    Its text is at most LARGEST characters: where most of them need a code, less of each text is shown.
    """
    rows = fold(interleaving.steps)
    ids = {actor: f"a{number}" for number, actor in enumerate(words.lanes(interleaving, rows))}
    for longest in LONGEST:
        diagram = _diagram(_Frame(interleaving, ids, longest), rows)
        if len(diagram) <= LARGEST:
            break
    return diagram


def _diagram(frame: _Frame, rows: Sequence[Row]) -> str:
    lines = [
        f"accTitle: {frame.text(words.happened(frame.interleaving))}",
        f"accDescr: {frame.text(words.found(frame.interleaving))}",
        *_participants(frame),
        *_rows(frame, rows),
        *_waiting(frame),
    ]
    return "\n".join(["sequenceDiagram", *(f"    {line}" for line in lines), ""])


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is drawn, the name of each actor inside the diagram, and how long each text may get."""

    interleaving: Interleaving
    ids: dict[str, str]
    longest: int

    def text(self, *lines: str) -> str:
        """One text of the diagram, perhaps of several lines."""
        return "<br/>".join(escaped(line, self.longest) for line in lines)

    def everyone(self) -> str:
        """The first and the last lane, for a note across all of them."""
        ids = list(self.ids.values())
        return ",".join(dict.fromkeys((ids[0], ids[-1])))


def escaped(text: str, longest: int) -> str:
    """Text with all but letters, digits and a few marks as `#NN;`, and so with no word of Mermaid's.

    Args:
        text: one line, as words.short makes it.
        longest: characters that the result may have; where it would have more, it ends in `…`.
    """
    coded = [*itertools.chain.from_iterable(map(_coded, re.findall(r"[A-Za-z]+|[^A-Za-z]+", text)))]
    if sum(map(len, coded)) <= longest:
        return "".join(coded)
    ends = itertools.accumulate(map(len, coded))
    fitting = sum(end <= longest - len(DOTS) for end in ends)
    return "".join(coded[:fitting]) + DOTS


def _coded(run: str) -> list[str]:
    """Letters, or characters that are none: each by itself, as it is or as a code."""
    if run[0] in string.ascii_letters:
        return [_code(run[0]), *run[1:]] if KEYWORD.fullmatch(run) else [*run]
    # Two marks side by side may be an arrow or a comment: the second one is coded.
    before = ["", *run]
    return [
        char if char in " 0123456789" or (char in MARKS and previous not in MARKS) else _code(char)
        for previous, char in zip(before, run, strict=False)
    ]


def _code(char: str) -> str:
    return f"#{ord(char)};"


def _participants(frame: _Frame) -> Iterator[str]:
    """`participant a1 as p1 add_plates`"""
    for actor, known in frame.ids.items():
        runs = words.runs(frame.interleaving, actor)
        yield f"participant {known} as {frame.text(words.name(actor), *([runs] if runs else []))}"


def _rows(frame: _Frame, rows: Sequence[Row]) -> Iterator[str]:
    """Notes and arrows in order; each run of decisive steps in a rectangle of its own."""
    before: str | None = None
    for decisive, group in itertools.groupby(rows, _is_decisive):
        if decisive:
            yield DECISIVE
        for row in group:
            actor = _actor(frame, row)
            if before and actor and actor != before:
                yield f"{frame.ids[before]}->>{frame.ids[actor]}: now {frame.text(words.name(actor))}"
            yield _note(frame, row, actor)
            before = actor
        if decisive:
            yield "end"


def _is_decisive(row: Row) -> bool:
    return isinstance(row, Shown) and row.step.decisive


def _actor(frame: _Frame, row: Row) -> str | None:
    """Whose row it is; nothing for steps left out that are of several, or of one without a lane."""
    actors = [row.step.actor] if isinstance(row, Shown) else list(row.counts)
    return actors[0] if len(actors) == 1 and actors[0] in frame.ids else None


def _note(frame: _Frame, row: Row, actor: str | None) -> str:
    """`Note over a1: line 14  reads 41`, with sign and source if it is decisive."""
    if isinstance(row, Shown):
        return f"Note over {frame.ids[row.step.actor]}: {frame.text(*_told(row.step))}"
    over = frame.ids[actor] if actor is not None else frame.everyone()
    return f"Note over {over}: {frame.text(words.more(row))}"


def _told(step: Step) -> list[str]:
    """What is said of a step; of a decisive one in up to three lines: action, source, target."""
    if not step.decisive:
        return [words.action(step)]
    details = (words.short(step.source, 50), words.short(step.target, words.TARGET))
    return [f"{words.SIGN} {words.action(step)}", *filter(None, details)]


def _waiting(frame: _Frame) -> Iterator[str]:
    """An arrow with a cross for each who waits, to who holds it; then the circle."""
    for waiting in frame.interleaving.waiting[: words.MOST_WAITING]:
        yield _edge(frame, waiting)
    if circle := words.circle(frame.interleaving):
        yield f"Note over {frame.everyone()}: {frame.text(circle)}"


def _edge(frame: _Frame, waiting: Waiting) -> str:
    start, end = frame.ids[waiting.actor], frame.ids.get(words.holder(waiting))
    told = frame.text(words.waits(waiting))
    return f"Note over {start}: {told}" if end in (None, start) else f"{start}--x{end}: {told}"
