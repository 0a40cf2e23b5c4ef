"""What several reports come to, for outputs that give one score for them all."""

from __future__ import annotations

from collections.abc import Iterable

from manychefs.report import Check, Report, Verdict, number

UNWRITTEN = "not written yet"


def is_unwritten(report: Report) -> bool:
    """Whether the submission is still the stub: then red is as it should be."""
    told = [check.feedback.happened if check.feedback else "" for check in report.checks]
    return bool(told) and all(UNWRITTEN in text for text in told)


def total(reports: Iterable[Report]) -> tuple[float, float, float]:
    """Points earned, points that could be graded here, and all points."""
    each = [(report.score, report.gradable, report.points) for report in reports]
    earned, gradable, points = (sum(column) for column in zip(*each, strict=True)) if each else (0, 0, 0)
    return earned, gradable, points


def mark(report: Report) -> float | None:
    """What a gradebook gets, out of all points of the exercise; None where there is nothing to be said yet.

    A gradebook knows no "not gradable here": so the part that was earned of what could be graded counts,
    times all points. Then what coming late takes is taken. After an error of the kit or the machine somebody
    has to look first.
    """
    if not report.gradable or any(check.verdict is Verdict.ERROR for check in report.checks):
        return None
    scaled = report.score * report.points / report.gradable
    taken = report.late.share * report.points if report.late else 0.0
    return max(0.0, round(scaled - taken, 2))


def total_text(reports: list[Report]) -> str:
    """`Points 11/13`, as the reporters of GitHub Classroom wrote it, or with what was not graded."""
    earned, gradable, points = total(reports)
    rest = f" ({number(points - gradable)} more not gradable here)" if points > gradable else ""
    return f"Points {number(earned)}/{number(gradable)}{rest}"


def trouble(reports: Iterable[Report]) -> list[tuple[Report, Check]]:
    """Checks that somebody has to look at, of answers that have been begun: failures first, then errors."""
    begun = [report for report in reports if not is_unwritten(report)]
    return [
        (report, check)
        for verdict in (Verdict.FAILED, Verdict.ERROR)
        for report in begun
        for check in report.checks
        if check.verdict is verdict
    ]
