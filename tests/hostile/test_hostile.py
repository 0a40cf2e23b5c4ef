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

from manychefs.course import load_course
from manychefs.report import Check, Verdict
from manychefs.sandbox import tree
from tests.sandbox.test_promises import table

from .conftest import (
    ATTACKER,
    HERE,
    LARGEST_GRADER,
    LAYERS,
    MARK,
    NEIGHBOUR,
    Graded,
    Header,
    Kitchen,
    headers,
    strongest,
    trouble,
)

PATIENCE = 10.0  # seconds in which graders whose command has gone have ended
ATTACKS = headers("attacks")
CONTROLS = headers("controls")
HELD_BY_ALL = [attack for attack in ATTACKS if attack.holds == set(LAYERS)]
NOT_HELD_BY_ALL = [attack for attack in ATTACKS if attack not in HELD_BY_ALL]
CLASS_LIMIT = 1500.0  # seconds; on an idle machine it takes less than three minutes
MINUTES = {"stops_the_grader": "two silences of 70 s"}
FIRST = ("forged_frames", "kills_the_grader", "reads_the_solution")  # tried whenever the tests are run
pytestmark = pytest.mark.timeout(240)


def names(tried: list[Header], *, slow: bool = False) -> list[Any]:
    """The headers as parameters; `slow`: those that are not among FIRST are left to the slow run."""
    return [
        pytest.param(
            header,
            id=header.path.stem,
            marks=[pytest.mark.slow] if slow and header.path.stem not in FIRST else [],
        )
        for header in tried
    ]


@pytest.fixture(
    params=[pytest.param(name, marks=[] if name == strongest() else [pytest.mark.long]) for name in LAYERS]
)
def layer(request: pytest.FixtureRequest) -> str:
    """Each layer in turn; one that this machine does not offer is skipped, and it is said why."""
    if reason := trouble(request.param):
        pytest.skip(f"{request.param}: {reason}")
    name: str = request.param
    return name


@pytest.mark.parametrize("attack", names([each for each in ATTACKS if each.is_everyday], slow=True))
def test_a_telling_attack_under_the_strongest_layer(
    kitchen: Callable[[str], Kitchen], own_tmpdir: Path, attack: Header
) -> None:
    assert_held(kitchen, own_tmpdir, attack, strongest())


def test_what_a_killed_test_run_has_left_is_no_attacks_doing(kitchen: Callable[[str], Kitchen]) -> None:
    place = kitchen(strongest())
    left = Path("/dev/shm", f"{MARK}-before")
    left.touch()
    place.hand_in(NEIGHBOUR, "tally", place.right_answer("tally"))
    graded = place.grade_class()
    assert not left.exists()
    assert graded.through == []
    assert graded.reports[NEIGHBOUR].verdict is Verdict.PASSED


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("attack", names(NOT_HELD_BY_ALL))
def test_an_attack_on_the_machine_gets_through_only_where_it_is_said_to(
    kitchen: Callable[[str], Kitchen], own_tmpdir: Path, attack: Header, layer: str
) -> None:
    if attack.path.stem in MINUTES and layer not in attack.holds:
        pytest.skip(
            f"takes minutes under {layer}: the grader is given up only after {MINUTES[attack.path.stem]}"
        )
    assert_held(kitchen, own_tmpdir, attack, layer)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(2 * CLASS_LIMIT)
def test_attacks_that_every_layer_holds_off(kitchen: Callable[[str], Kitchen], layer: str) -> None:
    """All of them as one class, in which a right answer to the same exercise is graded after each."""
    place = kitchen(layer)
    for attack in HELD_BY_ALL:
        place.hand_in(f"{attack.path.stem}-{ATTACKER}", attack.against, attack.path.read_text("utf-8"))
        place.hand_in(f"{attack.path.stem}-{NEIGHBOUR}", attack.against, place.right_answer(attack.against))
    graded = place.grade_class(seconds=CLASS_LIMIT)
    assert graded.reports.keys() == {
        f"{attack.path.stem}-{who}" for attack in HELD_BY_ALL for who in (ATTACKER, NEIGHBOUR)
    }
    wrong = [line for attack in HELD_BY_ALL for line in what_is_wrong(graded, attack)]
    assert not wrong, "\n".join(wrong)
    assert not graded.through
    assert_small(graded)


def what_is_wrong(graded: Graded, attack: Header) -> list[str]:
    """Every check of an attack, and of the right answer after it, that has not got what it must."""
    stem = attack.path.stem
    eve, fay = graded.checks(f"{stem}-{ATTACKER}"), graded.checks(f"{stem}-{NEIGHBOUR}")
    told = [
        f"{stem}: {name} {check.verdict.value}"
        for name, check in eve.items()
        if check.verdict.value not in attack.verdicts[name] and not is_left_open(check)
    ]
    told += [
        f"after {stem}: {name} {each.verdict.value}"
        for name, each in fay.items()
        if not each.earned and not is_left_open(each)
    ]
    if attack.says and attack.says not in feedback_of(eve):
        told.append(f"{stem}: no check says {attack.says!r}")
    return told


def is_left_open(check: Check) -> bool:
    """Whether a busy machine could not show a speedup, which earns nothing and takes nothing.

    It is busy with who is graded beside it. What an attack had left running would be seen by itself, when
    the class is done.
    """
    return check.kind == "speedup" and check.verdict is Verdict.INCONCLUSIVE


def assert_held(kitchen: Callable[[str], Kitchen], own_tmpdir: Path, attack: Header, layer: str) -> None:
    """The attack gets what its header says, and its harm is seen where that says that it is not held."""
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
        assert attack.says in feedback_of(graded.checks(ATTACKER))
    if attack.escapes:
        assert_escaped(graded)


@pytest.mark.slow
@pytest.mark.parametrize("control", names(CONTROLS))
def test_honest_answers_get_their_usual_marks(
    kitchen: Callable[[str], Kitchen], control: Header, layer: str
) -> None:
    graded = kitchen(layer).grade(control)
    assert not graded.through
    assert_verdicts(graded, ATTACKER, control.verdicts)
    assert_small(graded)
    if control.says:
        assert control.says in feedback_of(graded.checks(ATTACKER))


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
    assert graded.reports[student].confinement == graded.layer
    assert checks.keys() == expected.keys()
    for name, allowed in expected.items():
        check = checks[name]
        text = check.feedback.text() if check.feedback else ""
        assert check.verdict.value in allowed, f"{name}: {text}; {told(graded)}"
        assert check.earned == (check.points if check.verdict.value == "passed" else 0)


def assert_small(graded: Graded) -> None:
    assert graded.peak < LARGEST_GRADER, told(graded)


def feedback_of(checks: dict[str, Check]) -> str:
    return "\n".join(check.feedback.text() for check in checks.values() if check.feedback is not None)


def assert_escaped(graded: Graded) -> None:
    """No control character, direction override, lone surrogate or CI command is left in what is shown."""
    for check in graded.checks(ATTACKER).values():
        shown = f"{check.feedback.text() if check.feedback else ''}{check.printed}"
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
        assert not re.search(r"::[a-z-]+.*::|##\[|##vso\[", shown)


def test_what_gets_through_is_told_on_the_page_and_nothing_else() -> None:
    """Where a layer does not hold an attack off, the table of docs/security.md does not say that it does."""
    promised = table()
    for attack in ATTACKS:
        if attack.holds == set(LAYERS):
            assert not attack.breaks, attack.path.name
            continue
        cells = promised[attack.breaks]
        for layer in LAYERS:
            assert layer in attack.holds or cells[layer] != "yes", f"{attack.path.name}: {layer}"
            assert layer not in attack.holds or cells[layer] != "no", f"{attack.path.name}: {layer}"


def test_every_header_names_the_checks_of_its_exercise() -> None:
    """An attack whose header names a check that there is not would be held off by nothing."""
    course = load_course(HERE / "course")
    checks = {
        exercise.slug: set(re.findall(r"^def (test_\w+)", course.grader(exercise).read_text("utf-8"), re.M))
        for exercise in course.exercises
    }
    for header in [*ATTACKS, *CONTROLS]:
        assert header.verdicts.keys() == checks[header.against], header.path.name
        assert header.otherwise is None or header.otherwise.keys() == checks[header.against], header.path.name
    assert len(ATTACKS) >= 100
    assert all(each.holds == set(LAYERS) for each in CONTROLS)
