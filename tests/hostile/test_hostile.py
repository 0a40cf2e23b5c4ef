"""Every attack under every layer that this machine offers: it earns nothing, and leaves nothing.

And where a layer is said to hold off its harm, it does; where it is not, the harm is seen, so that the
table of docs/security.md stays true in both directions.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.sandbox import tree

from .conftest import (
    ATTACKER,
    LARGEST_GRADER,
    LAYERS,
    Graded,
    Header,
    Kitchen,
    headers,
    offered,
)

PATIENCE = 10.0  # seconds in which graders whose command has gone have ended
ATTACKS = headers("attacks")
CONTROLS = headers("controls")
pytestmark = [pytest.mark.skipif(not LAYERS, reason="never"), pytest.mark.timeout(240)]


def cases(tried: list[Header]) -> list[Any]:
    """Each header under each layer; only the telling ones under the strongest layer are no `slow` tests."""
    return [
        pytest.param(
            header,
            layer,
            id=f"{header.path.stem}-{layer}",
            marks=() if header.is_everyday and layer == offered()[0] else pytest.mark.slow,
        )
        for header in tried
        for layer in offered()
    ]


@pytest.mark.parametrize(("attack", "layer"), cases(ATTACKS))
def test_an_attack_earns_nothing_and_leaves_nothing(
    kitchen: Callable[[str], Kitchen], own_tmpdir: Path, attack: Header, layer: str
) -> None:
    graded = kitchen(layer).grade(attack)
    held = not graded.through
    if layer not in attack.may:
        assert held == (layer in attack.holds), f"seen: {graded.through or 'nothing'}; {told(graded)}"
    expected = attack.expected(layer in attack.holds or (layer in attack.may and held))
    if expected is None:
        assert ATTACKER not in graded.reports
        clear_up(own_tmpdir)
        return
    assert_verdicts(graded, ATTACKER, expected)
    assert_small(graded)
    if attack.says and layer in attack.holds:
        assert attack.says in feedback_of(graded)
    if attack.escapes:
        assert_escaped(graded)


@pytest.mark.parametrize(("control", "layer"), cases(CONTROLS))
def test_honest_answers_get_their_usual_marks(
    kitchen: Callable[[str], Kitchen], control: Header, layer: str
) -> None:
    graded = kitchen(layer).grade(control)
    assert not graded.through
    assert_verdicts(graded, ATTACKER, control.verdicts)
    assert_small(graded)
    if control.says:
        assert control.says in feedback_of(graded)


def clear_up(folder: Path) -> None:
    """What a command that was killed could not take away itself. Its graders end by themselves."""
    until = time.monotonic() + PATIENCE
    while tree.workers(os.getpid()) and time.monotonic() < until:
        time.sleep(0.02)
    for left in folder.glob("manychefs-*"):
        shutil.rmtree(left)


def told(graded: Graded) -> str:
    """What is known of a grading, for whoever reads why a test failed."""
    verdicts = {
        student: {check.name: check.verdict.value for check in report.checks}
        for student, report in graded.reports.items()
    }
    return f"exit status {graded.status}, {verdicts}, {graded.peak >> 20} MB, {graded.said[-600:]}"


def assert_verdicts(graded: Graded, student: str, expected: dict[str, set[str]]) -> None:
    assert student in graded.reports, told(graded)
    checks = graded.checks(student)
    assert checks.keys() == expected.keys()
    for name, allowed in expected.items():
        check = checks[name]
        text = check.feedback.text() if check.feedback else ""
        assert check.verdict.value in allowed, f"{name}: {text}; {told(graded)}"
        assert check.earned == (check.points if check.verdict.value == "passed" else 0)


def assert_small(graded: Graded) -> None:
    assert graded.peak < LARGEST_GRADER, told(graded)


def feedback_of(graded: Graded) -> str:
    return "\n".join(
        check.feedback.text() for check in graded.checks(ATTACKER).values() if check.feedback is not None
    )


def assert_escaped(graded: Graded) -> None:
    """No control character, direction override or lone surrogate is left in what a person is shown."""
    for check in graded.checks(ATTACKER).values():
        shown = f"{check.feedback.text() if check.feedback else ''}{check.printed}"
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)


def test_every_attack_of_the_list_is_there() -> None:
    """At least fifty, and every header can be read."""
    assert len(ATTACKS) >= 50
    names = {check for attack in ATTACKS for check in attack.verdicts}
    assert names
