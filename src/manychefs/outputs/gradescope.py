"""Reports as Gradescope's results.json: what /autograder/results/ has to hold.

Its containers may have half a core, where no speedup can be measured. Gradescope knows no "not gradable",
and the assignment's points are fixed, so the score is the part earned of what could be graded, times all
points: a check that is inconclusive takes nothing. Its output says so.
"""

from __future__ import annotations

import json
from typing import Any

from manychefs.outputs.scores import total
from manychefs.report import Check, Report, Verdict, number


def gradescope(reports: list[Report]) -> str:
    """The document, as JSON."""
    earned, gradable, points = total(reports)
    body = {
        "score": round(points * earned / gradable, 2) if gradable else 0.0,
        "execution_time": round(sum(report.seconds for report in reports), 1),
        "output": _told(reports),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            _test(f"{place}.{index}", report, check)
            for place, report in enumerate(reports, 1)
            for index, check in enumerate(report.checks, 1)
        ],
        "extra_data": {"reports": [json.loads(report.to_json()) for report in reports]},
    }
    return json.dumps(body, indent=2) + "\n"


def _told(reports: list[Report]) -> str:
    lines = [f"{report.exercise}: {report.score_text()}" for report in reports]
    _, gradable, points = total(reports)
    if gradable < points:
        lines.append(
            f"{number(points - gradable)} of {number(points)} points cannot be graded on this machine. "
            "They cost nothing: the score is scaled from the points that can."
        )
    return "\n".join(lines)


def _test(place: str, report: Report, check: Check) -> dict[str, Any]:
    test: dict[str, Any] = {
        "number": place,
        "name": f"{report.exercise}: {check.title}",
        "name_format": "text",
        "output": check.feedback.text() if check.feedback else "",
        "output_format": "text",
        "visibility": "visible",
        "tags": [check.kind, check.verdict.value],
    }
    if check.verdict in (Verdict.PASSED, Verdict.FAILED):
        test |= {"score": check.earned, "max_score": check.points, "status": check.verdict.value}
    return test
