"""A class of a hundred, of whom thirty attack: the others get the marks that they get without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from manychefs.report import Report

from .conftest import LARGEST_GRADER, Graded, Header, Kitchen, headers, strongest

HONEST, HOSTILE = 70, 30
CLASS_LIMIT = 1500.0  # seconds; on an idle machine with two cores it takes less than two minutes


def honest() -> Iterator[tuple[str, str]]:
    """The reference, and what honest students hand in: right and wrong answers in turn."""
    answers = [each.path.read_text("utf-8") for each in headers("controls") if each.against == "tally"]
    for number in range(HONEST):
        yield f"student-{number:02}", answers[number % len(answers)]


def hostile() -> list[Header]:
    """The first thirty attacks on the quick exercise whose harm every layer holds off."""
    attacks = [each for each in headers("attacks") if each.against == "tally" and strongest() in each.holds]
    return attacks[:: max(1, len(attacks) // HOSTILE)][:HOSTILE]


def marks(graded: Graded) -> dict[str, list[tuple[str, str, float]]]:
    """The honest students' checks with verdict and points."""
    return {name: of(report) for name, report in graded.reports.items() if not name.endswith("-eve")}


def of(report: Report) -> list[tuple[str, str, float]]:
    return [(check.name, check.verdict.value, check.earned) for check in report.checks]


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(2 * CLASS_LIMIT)
def test_thirty_who_attack_change_nothing_for_the_seventy_others(kitchen: Callable[[str], Kitchen]) -> None:
    """Side by side, two at a time; the command and its graders stay small, and nothing is left behind."""
    place = kitchen(strongest())
    for student, source in honest():
        place.hand_in(student, "tally", source)
    alone = place.grade_class(jobs=2, seconds=CLASS_LIMIT)
    attacks = hostile()
    assert len(attacks) == HOSTILE
    # Among the others by name, so that each has neighbours before and after it.
    eves = [f"student-{2 * number:02}-{attack.path.stem}-eve" for number, attack in enumerate(attacks)]
    for student, attack in zip(eves, attacks, strict=True):
        place.hand_in(student, "tally", attack.path.read_text("utf-8"))
    beside = place.grade_class(jobs=2, seconds=CLASS_LIMIT)
    assert not beside.through
    assert len(beside.reports) == HONEST + HOSTILE
    print(f"\nlargest: {alone.peak >> 20} MB without the attacks, {beside.peak >> 20} MB with them")
    assert marks(beside) == marks(alone)
    wrong = []
    for student, attack in zip(eves, attacks, strict=True):
        for name, verdict, _ in of(beside.reports[student]):
            if verdict not in attack.verdicts[name]:
                wrong.append(f"{attack.path.stem}: {name} {verdict}")
    assert not wrong
    assert max(alone.peak, beside.peak) < LARGEST_GRADER
