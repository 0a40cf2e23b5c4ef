"""One student's page: every check with its verdict, what happened, why, and what to try next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from manychefs.outputs.html.pages import drawing, rendered
from manychefs.outputs.interleavings import words as order_words
from manychefs.outputs.interleavings.folding import Shown, fold
from manychefs.outputs.interleavings.svg import svg as order_svg
from manychefs.outputs.scores import is_unwritten, total
from manychefs.outputs.speedup.svg import svg as speedup_svg
from manychefs.report import (
    Check,
    Deadlock,
    Interleaving,
    Outcomes,
    ProcessState,
    Report,
    SpeedupMeasurement,
    Verdict,
    number,
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of evidence, and the same in words, step by step, where it has steps."""

    svg: str
    label: str
    steps: list[tuple[str, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Panel:
    """A check as the page shows it.

    repeated: whether a check above has the same feedback. drawn: its evidence as a picture. stuck: the
    processes of a program that did not end. outcomes: how often its runs ended how.
    """

    check: Check
    repeated: bool = False
    drawn: Drawn | None = None
    stuck: list[ProcessState] = field(default_factory=list)
    outcomes: Outcomes | None = None

    @property
    def points(self) -> str:
        """`2/4`, or `-/4` where nothing could be graded."""
        judged = self.check.verdict in (Verdict.PASSED, Verdict.FAILED)
        return f"{number(self.check.earned) if judged else '-'}/{number(self.check.points)}"

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to tell beyond the verdict."""
        return not (self.check.feedback or self.check.printed or self.drawn or self.outcomes)


def student_page(reports: Sequence[Report], *, course: str = "", student: str = "") -> str:
    """The page of one student's reports, as an HTML document.

    Args:
        course: the course's title.
        student: the name to head it with; nobody else's name is in it (default: it is one's own).
    """
    _, gradable, points = total(reports)
    return rendered(
        "student.html",
        course=course or "Many Chefs",
        student=student,
        exercises=[_exercise(report) for report in reports],
        earned=sum(report.mark for report in reports),
        late=sum(report.late_points for report in reports),
        gradable=gradable,
        points=points,
        started=moment(max((report.started for report in reports), default="")),
    )


def _exercise(report: Report) -> dict[str, object]:
    verdicts = [check.verdict for check in report.checks]
    unwritten = is_unwritten(report)
    return {
        "report": report,
        "number": report.exercise.partition("_")[0],
        "file": PurePath(report.submission).name,
        "unwritten": unwritten,
        "verdict": "not begun" if unwritten else report.verdict.value,
        "passed": verdicts.count(Verdict.PASSED),
        "checks": [] if unwritten else list(_checks(report)),
        "share": 100 * report.mark / report.gradable if report.gradable else 0,
        "facts": _facts(report),
    }


def _facts(report: Report) -> str:
    cores = "1 core" if report.machine.cores == 1 else f"{report.machine.cores} cores"
    when = f"graded {moment(report.started)} " if report.started else "graded "
    return (
        f"{when}in {report.seconds:.1f} s on Python {report.machine.python}, {report.machine.platform}, "
        f"{cores}; confinement: {report.confinement}; Many Chefs {report.engine}"
    )


def moment(started: str) -> str:
    """`2026-11-26 02:31 UTC` of `2026-11-26T02:31:02+00:00`; what is no such time stays as it is."""
    day, found, time = started.partition("T")
    return f"{day} {time[:5]} UTC" if found and time.endswith("+00:00") else started


def _checks(report: Report) -> Iterator[Panel]:
    seen: set[str] = set()
    for check in report.checks:
        told = check.feedback
        text = f"{told.happened}{told.cause}" if told and check.verdict is not Verdict.PASSED else ""
        repeated = bool(text) and text in seen
        seen.add(text)
        evidence = check.evidence
        yield Panel(
            check,
            repeated,
            None if repeated else _drawn(check),
            evidence.processes if isinstance(evidence, Deadlock) and not repeated else [],
            evidence if isinstance(evidence, Outcomes) and not repeated else None,
        )


def _drawn(check: Check) -> Drawn | None:
    evidence = check.evidence
    if isinstance(evidence, Interleaving):
        return Drawn(drawing(order_svg(evidence)), "The order of steps, drawn", list(_steps(evidence)))
    if isinstance(evidence, SpeedupMeasurement):
        return Drawn(drawing(speedup_svg(evidence)), "The measurement, drawn")
    return None


def _steps(order: Interleaving) -> Iterator[tuple[str, bool]]:
    """Each step in words, and whether it is one of those that make the order go wrong."""
    for row in fold(order.steps):
        if isinstance(row, Shown):
            step = row.step
            source = f": {order_words.short(step.source, order_words.SOURCE)}" if step.source else ""
            yield f"{order_words.name(step.actor)}, {order_words.action(step)}{source}", step.decisive
        else:
            yield order_words.more(row), False
    for waiting in order.waiting[: order_words.MOST_WAITING]:
        yield order_words.waits(waiting), True
