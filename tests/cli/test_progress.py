"""The time left: by exercise, and told in figures that a person can use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from manychefs.batch.run import Job, Result
from manychefs.cli.progress import Pace, rounded, watched
from manychefs.report import Machine, Report


def result(exercise: Any, seconds: float, reused: bool = False) -> Result:
    report = Report(
        student="ada",
        exercise=exercise.name,
        title="T",
        submission="",
        checks=[],
        machine=Machine(python="3", platform="Linux", cores=2),
        engine="0",
        confinement="none",
        seconds=seconds,
    )
    return Result(Job(exercise, None), report, reused=reused)  # type: ignore[arg-type]


@pytest.fixture
def exercises(tiny_course: Callable[..., Any]) -> tuple[Any, Any]:
    import msgspec

    first = tiny_course("").exercise
    return first, msgspec.structs.replace(first, number=2)


def test_each_exercise_has_its_own_pace(exercises: tuple[Any, Any]) -> None:
    slow, quick = exercises
    pace = Pace(Counter({slow.name: 11, quick.name: 101}), slots=2)
    assert pace.seconds_left() is None
    pace.note(result(quick, 1))
    assert pace.seconds_left() == (100 * 1 + 11 * 1) / 2  # of the slow one nothing is known yet
    pace.note(result(slow, 60))
    assert pace.seconds_left() == (100 * 1 + 10 * 60) / 2
    assert pace.text() == "about 6 min left"


def test_what_is_reused_says_nothing_about_the_pace(exercises: tuple[Any, Any]) -> None:
    slow, _ = exercises
    pace = Pace(Counter({slow.name: 3}), slots=1)
    pace.note(result(slow, 60, reused=True))
    assert pace.text() == ""
    pace.note(result(slow, 10))
    assert pace.seconds_left() == 10
    pace.note(result(slow, 10))
    assert pace.text() == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (89, "89 s"), (95, "2 min"), (3600, "60 min"), (12_345, "3 h 26 min")],
)
def test_times_are_rounded(seconds: float, text: str) -> None:
    assert rounded(seconds) == text


def test_without_a_terminal_there_is_a_line_now_and_then(
    exercises: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from manychefs.cli import progress

    results = [result(exercises[0], 30) for _ in range(3)]
    planned = Counter({exercises[0].name: 3})
    assert list(watched(results, planned, 1, quiet=False)) == results
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "PLAIN_LINES", -1.0)
    assert list(watched(results, planned, 1, quiet=False)) == results
    assert capsys.readouterr().err.splitlines() == [
        "1 of 3 graded, about 60 s left",
        "2 of 3 graded, about 30 s left",
        "3 of 3 graded",
    ]
    assert list(watched(results, planned, 1, quiet=True)) == results
    assert capsys.readouterr().err == ""
