"""Reports as notebooks and in them: a check's feedback as HTML, a graded submission as a page of formgrader.

A notebook is JSON (nbformat 4.5), written here as plain data: only whoever runs it needs Jupyter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from manychefs.batch.cells import cell_name, cell_source
from manychefs.outputs.interleavings.svg import svg as interleaving_svg
from manychefs.outputs.speedup.svg import svg as speedup_svg
from manychefs.outputs.terminal import PARTS, SIGNS
from manychefs.report import Check, Interleaving, Report, SpeedupMeasurement, Verdict, clean, number

Cell = dict[str, Any]

COLOURS = {
    Verdict.PASSED: "#1a7f37",
    Verdict.FAILED: "#b42318",
    Verdict.INCONCLUSIVE: "#8a6100",
    Verdict.ERROR: "#8250a0",
}


def document(cells: Iterable[Cell]) -> bytes:
    """A notebook of these cells, whose ids are their numbers."""
    body = {
        "cells": [{"id": f"chefs-{index}"} | cell for index, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(body, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def markdown(text: str) -> Cell:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(source: str, metadata: Cell | None = None, outputs: list[Cell] | None = None) -> Cell:
    """A cell of code, as not yet run."""
    return {
        "cell_type": "code",
        "metadata": metadata or {},
        "source": source,
        "execution_count": None,
        "outputs": outputs or [],
    }


def grade_cell(exercise: str, check: Check, outputs: list[Cell] | None = None) -> Cell:
    """The locked cell of a check, as nbgrader wants it.

    Args:
        exercise: its full name.
    """
    about = {
        "grade": True,
        "grade_id": cell_name(check.name),
        "locked": True,
        "points": check.points,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    return code(cell_source(exercise, check), {"nbgrader": about}, outputs)


def grade_output(check: Check, points: float | None = None) -> list[Cell]:
    """What a grade cell shows. nbgrader takes the number for the score, so a check not judged has none.

    Args:
        points: what the cell is worth (default: what the check is worth).
    """
    html = {"text/html": feedback_html([check])}
    if check.verdict not in (Verdict.PASSED, Verdict.FAILED):
        return [{"output_type": "display_data", "metadata": {}, "data": html}]
    earned = check.earned if points is None else check.earned / check.points * points
    data = {"text/plain": repr(float(earned))} | html
    return [{"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data}]


def graded(report: Report, source: str = "") -> bytes:
    """A graded submission as the notebook that formgrader shows: its code, then a cell a check.

    Args:
        source: what was handed in, if it is at hand.
    """
    cells = [markdown(f"# {report.exercise}: {report.title}\n\n{report.score_text()}")]
    if source:
        cells.append(code(source))
    cells += [grade_cell(report.exercise, check, grade_output(check)) for check in report.checks]
    return document(cells)


def refused(exercise: str, reason: str) -> bytes:
    """The page of a submission that could not be graded.

    Args:
        exercise: its full name.
    """
    return document([markdown(f"# {exercise}\n\nNot graded: {escape(reason)}")])


def feedback_html(checks: Iterable[Check]) -> str:
    """Checks with their verdicts and feedback, as a piece of a page."""
    return '<div class="manychefs">' + "".join(map(_check, checks)) + "</div>"


def _check(check: Check) -> str:
    sign, colour = SIGNS[check.verdict][0], COLOURS[check.verdict]
    judged = check.verdict in (Verdict.PASSED, Verdict.FAILED)
    score = f"{number(check.earned) if judged else '-'} of {number(check.points)}"
    about = check.verdict.value if check.kind == "correctness" else f"{check.kind}, {check.verdict.value}"
    head = (
        f'<p style="margin:0.4em 0"><b style="color:{colour}">{sign} {score}</b> '
        f"<b>{escape(check.title)}</b> ({about})</p>"
    )
    return head + _feedback(check) + _evidence(check)


def _feedback(check: Check) -> str:
    told = check.feedback
    if told is None:
        return ""
    texts = (told.happened, told.cause, "\n".join(told.evidence), told.next_step)
    rows = "".join(
        f'<tr><th style="text-align:left;vertical-align:top;padding-right:1em;white-space:nowrap">{name}</th>'
        f'<td style="text-align:left;white-space:pre-wrap">{escape(clean(text))}</td></tr>'
        for name, text in zip(PARTS, texts, strict=True)
        if text
    )
    return f'<table style="margin:0 0 0.6em 1.5em">{rows}</table>'


def _evidence(check: Check) -> str:
    if isinstance(check.evidence, Interleaving):
        return interleaving_svg(check.evidence)
    if isinstance(check.evidence, SpeedupMeasurement):
        return speedup_svg(check.evidence)
    return ""
