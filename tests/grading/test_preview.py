"""Who waits for a verdict gets it of less work; what becomes a mark is measured in full."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from manychefs.grading import comparison
from manychefs.grading.comparison import PREVIEW, TRIED
from manychefs.report import SpeedupMeasurement, Verdict
from manychefs.speedup.cores import usable_cores
from manychefs.speedup.measure import Round, Sample, summarise
from manychefs.watch.checker import Checker

GRADER = """
import pathlib

import pytest

def serial(number):
    return sum(range(number))

def asked(random, size):
    with pathlib.Path(__file__).with_name("sizes").open("a") as file:
        file.write(f"{size}\\n")
    return round(1_000_000 * size)

@pytest.mark.check(points=3, kind="speedup")
def test_it(speedup):
    \"\"\"It is fast\"\"\"
    speedup.of("same", asked).over(serial, asked).at_least()
"""
WRONG = "def same(number):\n    return 8\n"  # refused at the first look: nothing is timed here


FIRST = (PREVIEW, PREVIEW * TRIED)  # what a preview begins with: the second where nothing is forked
EXERCISE = SimpleNamespace(required_speedup=1.5, structure_earns="busy")
SAMPLE = Sample(wall=1.0, cpu=1.0, asked=1.0, by_process=(0.5, 0.5))
SPEEDUP = summarise([Round(SAMPLE, SAMPLE, SAMPLE)], 2, 1.5)


@pytest.fixture
def tiny(tiny_course: Callable[..., Any]) -> Any:
    return tiny_course(GRADER, slug="same", seconds=30)


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nobody has waited in vain for other programs; the file that says so if somebody has."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    mark = Path(tmp_path, f"manychefs-leases-{os.getuid()}", "restless")
    mark.parent.mkdir(mode=0o700)
    return mark


def size_of(tiny: Any) -> float:
    """The size of the input that was asked for first."""
    return float(tiny.grader.with_name("sizes").read_text().split()[0])


def chefs(tiny: Any, *words: str | Path) -> None:
    command = [sys.executable, "-m", "manychefs", "--course", str(tiny.root), *map(str, words)]
    done = subprocess.run(command, cwd=tiny.root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr


@pytest.mark.usefixtures("calm")
def test_a_check_is_a_preview(tiny: Any) -> None:
    tiny.course.stub(tiny.exercise).write_text(WRONG)
    chefs(tiny, "check", "01")
    assert size_of(tiny) in FIRST


@pytest.mark.usefixtures("calm")
def test_the_view_is_a_preview(tiny: Any) -> None:
    tiny.course.stub(tiny.exercise).write_text(WRONG)
    checker = Checker(tiny.course, lambda _: None)
    try:
        checker.ask(tiny.exercise)
        checker.wait()
    finally:
        checker.close()
    assert size_of(tiny) in FIRST


def test_a_part_of_the_work_is_tried_to_see_whether_all_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []

    def run_serial(contest: Any, _: int, part: float = 1.0) -> Sample:
        tried.append(contest.size * part)
        return Sample(wall=contest.size * part, cpu=contest.size * part)

    monkeypatch.setattr(comparison._Contest, "_run_serial", run_serial)
    sized, fixed = (comparison._Inputs((each,), {}, 0) for each in (lambda _, size: size, 5))
    contest = comparison._Contest(None, len, sized, sized, PREVIEW)  # type: ignore[arg-type]
    assert contest.warm_up(PREVIEW) == pytest.approx(PREVIEW)  # all of it would take so long
    assert (contest.size, tried) == (PREVIEW, [0.25 * PREVIEW])
    assert contest.warm_up(1.0) == pytest.approx(1.1)  # it was made more, so that it is enough
    assert contest.size == pytest.approx(1.1)
    tried.clear()
    comparison._Contest(None, len, fixed, fixed).warm_up(0.0)  # type: ignore[arg-type]
    assert tried == [1.0]  # what has no size is tried as it is


@pytest.mark.usefixtures("calm")
@pytest.mark.skipif(usable_cores() < 2, reason="there is no preview on one core")
def test_a_preview_that_does_not_pass_is_followed_by_a_full_measurement(tiny: Any) -> None:
    check = tiny.only_check("def same(number):\n    return sum(range(number))\n", preview=True)
    assert check.verdict is Verdict.FAILED
    sizes = tiny.grader.with_name("sizes").read_text().split()
    assert float(sizes[0]) in FIRST
    assert str(TRIED) in sizes  # of all of the work


def test_beside_others_who_do_not_calm_down_there_is_no_preview(tiny: Any, calm: Path) -> None:
    """It would hardly ever show a speedup: beside a hog, it was only one measurement more."""
    calm.touch()
    assert tiny.only_check(WRONG, preview=True).verdict is Verdict.FAILED
    assert size_of(tiny) == TRIED  # of all of the work


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize(
    ("preview", "verdicts", "asked"),
    [
        (True, [Verdict.PASSED], ["never"]),
        (True, [Verdict.INCONCLUSIVE, Verdict.PASSED], ["never", "busy"]),
        (True, [Verdict.FAILED, Verdict.PASSED], ["never", "busy"]),
        (False, [Verdict.PASSED], ["busy"]),
    ],
)
def test_structure_alone_passes_nobody_in_a_preview_and_nobody_fails_there(
    monkeypatch: pytest.MonkeyPatch, preview: bool, verdicts: list[Verdict], asked: list[str]
) -> None:
    """A lock taken again and again passed a preview beside a hog: too little work to see that it stops."""
    seen: list[str] = []

    def measured(_: object, **options: Any) -> tuple[Verdict, SpeedupMeasurement]:
        seen.append(options["structure_earns"])
        return verdicts[len(seen) - 1], SPEEDUP

    bench = SimpleNamespace(seed=0, method="fork", confinement=None, exercise=EXERCISE)
    monkeypatch.setattr(comparison, "measure", measured)
    monkeypatch.setattr(
        comparison, "Startup", lambda *_: contextlib.nullcontext(SimpleNamespace(seconds=float))
    )
    monkeypatch.setattr(comparison._Contest, "warm_up", lambda *_: 0.0)
    monkeypatch.setattr(comparison.lease, "measuring_cores", lambda: 2)
    comparison.Speedup(bench, preview=preview).of("f").over(len).at_least()  # type: ignore[arg-type]
    assert seen == asked


@pytest.mark.usefixtures("calm")
@pytest.mark.skipif(usable_cores() < 2, reason="one core shows no speedup, and fails nobody")
@pytest.mark.parametrize(("few_rounds", "rounds"), [(False, 3), (True, 2)])
def test_few_rounds_are_of_all_of_the_work(tiny: Any, few_rounds: bool, rounds: int) -> None:
    check = tiny.only_check("def same(number):\n    return sum(range(number))\n", few_rounds=few_rounds)
    assert (check.verdict, check.evidence.rounds) == (Verdict.FAILED, rounds)
    assert size_of(tiny) == TRIED


@pytest.mark.parametrize("command", ["grade", "ci"])
def test_a_mark_is_measured_in_full(tiny: Any, tmp_path: Path, command: str) -> None:
    tiny.course.stub(tiny.exercise).write_text(WRONG)
    words = (
        ["grade", tiny.submit(WRONG).parent, "--out", tmp_path / "out"]
        if command == "grade"
        else ["ci", "01"]
    )
    chefs(tiny, *words)
    assert size_of(tiny) == TRIED  # of all of the work
