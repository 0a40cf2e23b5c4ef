"""A SpeedupMeasurement as a picture: bars with intervals, who ran when, and the scaling curve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from manychefs.outputs.speedup import words
from manychefs.report import CurvePoint, SpeedupMeasurement, Strip
from manychefs.speedup.words import seconds

WIDTH, MARGIN, LABEL, BESIDE = 720, 16, 76, 220
ROOM = WIDTH - 2 * MARGIN - LABEL - BESIDE  # for bars and strips
LEFT = MARGIN + LABEL
BAR, GAP = 18, 10
STRIP = 22
PLOT = 200  # height of the scaling curve

STYLE = """
.chefs-speedup { --paper: #ffffff; --ink: #1f2328; --dim: #59636e; --rule: #c4ccd4; --serial: #8c959f;
  --control: #54aeff; --student: #0969da; --required: #c01c28; --wait: #bf8700;
  font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) { .chefs-speedup { --paper: #0d1117; --ink: #e6edf3; --dim: #9ba3ac;
  --rule: #454d57; --serial: #6e7681; --control: #1f6feb; --student: #4493f8; --required: #ff7b72;
  --wait: #d29922; } }
.chefs-speedup .paper { fill: var(--paper); }
.chefs-speedup text { fill: var(--ink); }
.chefs-speedup .headline { font-size: 14px; font-weight: 600; }
.chefs-speedup .dim { fill: var(--dim); }
.chefs-speedup .serial { fill: var(--serial); }
.chefs-speedup .control { fill: var(--control); }
.chefs-speedup .student { fill: var(--student); }
.chefs-speedup .interval { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.chefs-speedup .ideal { fill: none; stroke: var(--dim); stroke-dasharray: 4 3; }
.chefs-speedup .required { fill: none; stroke: var(--required); stroke-width: 2; }
.chefs-speedup .rule { fill: none; stroke: var(--rule); }
.chefs-speedup .wait { fill: var(--wait); }
.chefs-speedup .curve { fill: none; stroke: var(--student); stroke-width: 2; }
"""
KEY = "Strips: filled while it ran, a thin line below while it was ready but had no core."


def svg(measured: SpeedupMeasurement) -> str:
    """The measurement as an SVG document, to be written to a file or put into a page."""
    parts = [_text(MARGIN, MARGIN + 13, words.headline(measured), "headline")]
    drawn, top = _bars(measured, MARGIN + 30)
    parts += drawn
    if measured.strips:
        drawn, top = _strips(measured, top + 12)
        parts += drawn
    if measured.curve:
        drawn, top = _curve(measured.curve, top + 12)
        parts += drawn
    return _document(measured, top + MARGIN, parts)


def _text(x: float, y: float, content: str, kind: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(content)}</text>'


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" class="{kind}"/>'


def _path(kind: str, d: str) -> str:
    return f'<path class="{kind}" d="{d}"/>'


def _document(measured: SpeedupMeasurement, height: float, parts: Iterable[str]) -> str:
    size = f'width="{WIDTH}" height="{height:g}" viewBox="0 0 {WIDTH} {height:g}"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chefs-speedup" role="img" {size}>',
            f"<title>{escape(words.headline(measured))}</title>",
            f"<desc>{escape(words.described(measured))}</desc>",
            f"<style>{STYLE}</style>",
            '<rect class="paper" width="100%" height="100%" rx="6"/>',
            *parts,
            "</svg>\n",
        )
    )


def _bars(measured: SpeedupMeasurement, top: float) -> tuple[list[str], float]:
    """Serial, control and student with their intervals, and the lines across them."""
    scale = ROOM / words.longest(measured)
    drawn: list[str] = []
    y = top
    for bar in words.bars(measured):
        middle = y + BAR / 2
        drawn.append(_text(MARGIN, y + 13, bar.label))
        drawn.append(_rect(LEFT, y, bar.seconds * scale, BAR, bar.kind))
        low, high = LEFT + bar.low * scale, LEFT + bar.high * scale
        drawn.append(
            _path("interval", f"M{low:.1f} {middle - 5:g}v10M{low:.1f} {middle:g}H{high:.1f}m0 -5v10")
        )
        drawn.append(_text(LEFT + ROOM + 10, y + 13, bar.about))
        y += BAR + GAP
    for index, line in enumerate(words.lines(measured)):
        x = LEFT + line.seconds * scale
        drawn.append(_path(line.kind, f"M{x:.1f} {top - 4:g}V{y + 4 + 14 * index:g}"))
        drawn.append(_text(x + 4, y + 8 + 14 * index, f"{line.label} {seconds(line.seconds)}", "dim"))
    return drawn, y + 14 * len(words.lines(measured))


def _strips(measured: SpeedupMeasurement, top: float) -> tuple[list[str], float]:
    """Who ran when: a strip a process."""
    drawn = [_text(MARGIN, top + 12, f"who ran when, in {seconds(measured.student_seconds)}", "dim")]
    y = top + 20
    for strip in measured.strips:
        drawn.append(_text(MARGIN, y + 15, strip.name))
        drawn += _strip(strip, y)
        y += STRIP + 6
    drawn.append(_text(MARGIN, y + 10, KEY, "dim"))
    return drawn, y + 14


def _strip(strip: Strip, top: float) -> Iterator[str]:
    column = ROOM / max(len(strip.ran), 1)
    bottom = top + STRIP - 4
    yield _path("rule", f"M{LEFT} {top + STRIP:g}h{ROOM}")
    for index, (ran, waited) in enumerate(zip(strip.ran, strip.waited, strict=False)):
        height = (STRIP - 6) * min(ran, 1.0)
        x = LEFT + index * column
        if height >= 0.5:
            yield _rect(x, bottom - height, column, height, "student")
        if waited > 0.3:
            yield _rect(x, bottom + 1, column, 2, "wait")


def _curve(points: list[CurvePoint], top: float) -> tuple[list[str], float]:
    """Speedup over workers, with intervals and the ideal line."""
    most = max([point.high for point in points] + [float(point.workers) for point in points])
    left, bottom = MARGIN + 40, top + 24 + PLOT
    step = (ROOM - 40) / most

    def at(workers: float, speedup: float) -> tuple[float, float]:
        return left + workers * step, bottom - speedup * PLOT / most

    drawn = [_text(MARGIN, top + 12, "speedup by number of workers; dashed: ideal", "dim")]
    drawn.append(_path("rule", f"M{left} {bottom - PLOT:g}V{bottom:g}H{left + most * step:.1f}"))
    end = at(points[-1].workers, points[-1].workers)
    drawn.append(_path("ideal", f"M{left} {bottom:g}L{end[0]:.1f} {end[1]:.1f}"))
    places = [at(point.workers, point.speedup) for point in points]
    drawn.append(_path("curve", "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)))
    for point, (x, y) in zip(points, places, strict=True):
        low, high = at(0, point.low)[1], at(0, point.high)[1]
        drawn.append(_path("interval", f"M{x - 4:.1f} {low:.1f}h8m-4 0V{high:.1f}m-4 0h8"))
        drawn.append(f'<circle class="student" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        drawn.append(_text(x - 4, bottom + 16, str(point.workers)))
        drawn.append(_text(x + 8, y - 6, f"{point.speedup:.2f}x"))
    return drawn, bottom + 24
