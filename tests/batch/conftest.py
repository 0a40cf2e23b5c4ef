"""A course of two quick exercises, and classes for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.course import Course, load_course

GRADER = '''\
import pytest


@pytest.mark.check(points=6)
def test_doubles(student):
    """It doubles"""
    assert student.double(21) == 42


@pytest.mark.check(points=4)
def test_zero(student):
    """Zero stays zero"""
    assert student.double(0) == 0
'''

SECOND = """
[[exercise]]
number = 2
slug = "halves"
title = "The second exercise"
concept = "another thing"
minutes = 2
points = 3
start_methods = ["fork"]

[[exercise.tasks]]
title = "Halve"
hints = ["who", "how", "code"]
"""

HALVE = '''\
import pytest


@pytest.mark.check(points=3)
def test_halves(student):
    """It halves"""
    assert student.halve(8) == 4
'''


@pytest.fixture
def course(tiny_course: Callable[..., Any]) -> Course:
    """The exercises 01_doubles (10 points, one second a call) and 02_halves (3 points)."""
    root: Path = tiny_course(GRADER, slug="doubles", seconds=1).root
    (root / "graders" / "02_halves").mkdir()
    (root / "graders" / "02_halves" / "test_halves.py").write_text(HALVE)
    with (root / "course.toml").open("a") as manifest:
        manifest.write(SECOND)
    return load_course(root)


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Path]:
    """Puts submissions into the class: `hand_in({"ada/doubles.py": SOURCE})`; gives the class's folder."""

    def write(files: dict[str, str], name: str = "class") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for place, source in files.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, "utf-8")
        return folder

    return write


@pytest.fixture(autouse=True)
def _unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Submissions leave files for these tests to find, which no wall would let them."""
    monkeypatch.setenv("MANYCHEFS_CONFINEMENT", "none")
