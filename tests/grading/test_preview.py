"""Who waits for a verdict gets it of less work; what becomes a mark is measured in full."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.grading.comparison import PREVIEW
from manychefs.watch.checker import Checker

GRADER = """
import pathlib

import pytest

def serial(number):
    return number

def asked(random, size):
    with pathlib.Path(__file__).with_name("sizes").open("a") as file:
        file.write(f"{size}\\n")
    return 7

@pytest.mark.check(points=3, kind="speedup")
def test_it(speedup):
    \"\"\"It is fast\"\"\"
    speedup.of("same", asked).over(serial, asked).at_least()
"""
WRONG = "def same(number):\n    return 8\n"  # refused at the first look: nothing is timed here


@pytest.fixture
def tiny(tiny_course: Callable[..., Any]) -> Any:
    return tiny_course(GRADER, slug="same", seconds=30)


def size_of(tiny: Any) -> float:
    """The size of the input that was asked for first."""
    return float(tiny.grader.with_name("sizes").read_text().split()[0])


def chefs(tiny: Any, *words: str | Path) -> None:
    command = [sys.executable, "-m", "manychefs", "--course", str(tiny.root), *map(str, words)]
    done = subprocess.run(command, cwd=tiny.root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr


def test_a_check_is_a_preview(tiny: Any) -> None:
    tiny.course.stub(tiny.exercise).write_text(WRONG)
    chefs(tiny, "check", "01")
    assert size_of(tiny) == PREVIEW


def test_the_view_is_a_preview(tiny: Any) -> None:
    tiny.course.stub(tiny.exercise).write_text(WRONG)
    checker = Checker(tiny.course, lambda _: None)
    try:
        checker.ask(tiny.exercise)
        checker.wait()
    finally:
        checker.close()
    assert size_of(tiny) == PREVIEW


@pytest.mark.parametrize("command", ["grade", "ci"])
def test_a_mark_is_measured_in_full(tiny: Any, tmp_path: Path, command: str) -> None:
    tiny.course.stub(tiny.exercise).write_text(WRONG)
    words = (
        ["grade", tiny.submit(WRONG).parent, "--out", tmp_path / "out"]
        if command == "grade"
        else ["ci", "01"]
    )
    chefs(tiny, *words)
    assert size_of(tiny) == 1.0
