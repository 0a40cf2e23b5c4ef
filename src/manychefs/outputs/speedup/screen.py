"""A SpeedupMeasurement in a terminal: bars, who ran when, and the scaling curve."""

from __future__ import annotations

from itertools import pairwise

from rich.console import Group, RenderableType
from rich.text import Text

from manychefs.outputs.speedup import words
from manychefs.report import CurvePoint, SpeedupMeasurement, Strip
from manychefs.speedup.words import seconds

COLOURS = {"serial": "blue", "control": "cyan", "student": "bold"}
LABEL = 9
NARROWEST, WIDEST = 20, 60


def screen(measured: SpeedupMeasurement, width: int) -> RenderableType:
    """The bars with their intervals, the ideal and the required line, and the strips below.

    Args:
        width: of the terminal, in columns.
    """
    room = max(NARROWEST, min(WIDEST, width - LABEL - 36))
    parts = [*_bars(measured, room), *_scale(measured, room)]
    if measured.strips:
        parts += [Text(), Text(f"who ran when, in {seconds(measured.student_seconds)}", "dim")]
        parts += [_strip(each, room) for each in measured.strips]
        parts.append(Text(words.KEY, "dim"))
    if measured.curve:
        parts += [Text(), Text("speedup by number of workers", "dim")]
        parts += [_point(each, measured.curve, room) for each in measured.curve]
    return Group(*parts)


def _bars(measured: SpeedupMeasurement, room: int) -> list[Text]:
    """A row a program; the lines across them stand where no bar is."""
    scale = room / words.longest(measured)
    marks = {min(room - 1, int(line.seconds * scale)): line for line in words.lines(measured)}
    return [_bar(bar, marks, scale, room) for bar in words.bars(measured)]


def _bar(bar: words.Bar, marks: dict[int, words.Line], scale: float, room: int) -> Text:
    cells = ["█" if column < bar.seconds * scale else " " for column in range(room)]
    low, high = (min(room - 1, int(end * scale)) for end in (bar.low, bar.high))
    for column in range(low, high + 1):
        cells[column] = "▓" if cells[column] == "█" else "─"
    for column in marks:
        cells[column] = "│" if cells[column] == " " else cells[column]
    return Text.assemble(f"{bar.label:<{LABEL}}", ("".join(cells), COLOURS[bar.kind]), f"  {bar.about}")


def _scale(measured: SpeedupMeasurement, room: int) -> list[Text]:
    """Where the lines stand: one row each, as they may be close to each other."""
    scale = room / words.longest(measured)
    rows = []
    for line in words.lines(measured):
        column = min(room - 1, int(line.seconds * scale))
        rows.append(Text(f"{'':<{LABEL}}{'':<{column}}└ {line.label} {seconds(line.seconds)}", "dim"))
    return rows


def _strip(strip: Strip, room: int) -> Text:
    columns = zip(_fitted(strip.ran, room), _fitted(strip.waited, room), strict=True)
    return Text(f"{strip.name:<{LABEL}}{''.join(words.level(*each) for each in columns)}")


def _fitted(shares: list[float], room: int) -> list[float]:
    """The same strip in so many columns: each is the mean of those that it covers."""
    if not shares:
        return [0.0] * room
    edges = [round(column * len(shares) / room) for column in range(room + 1)]
    covered = [shares[left : max(right, left + 1)] or shares[-1:] for left, right in pairwise(edges)]
    return [sum(part) / len(part) for part in covered]


def _point(point: CurvePoint, curve: list[CurvePoint], room: int) -> Text:
    most = max([each.high for each in curve] + [float(each.workers) for each in curve])
    scale = room / most
    cells = ["█" if column < point.speedup * scale else " " for column in range(room)]
    ideal = min(room - 1, int(point.workers * scale))
    cells[ideal] = "│" if cells[ideal] == " " else cells[ideal]
    about = f"{point.speedup:.2f}x ({point.low:.2f} to {point.high:.2f}), {seconds(point.seconds)}"
    return Text(f"{point.workers:<{LABEL}}{''.join(cells)}  {about}")
