"""The `chefs` command as a process, and a course of two quick exercises for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DOUBLE = '''\
import pytest


@pytest.mark.check(points=6)
def test_doubles(student):
    """It doubles

    Cause: the number is not doubled.
    Next: add it to itself.
    """
    assert student.double(21) == 42


@pytest.mark.check(points=4)
def test_zero(student):
    """Zero stays zero"""
    assert student.double(0) == 0
'''

HALVE = '''\
import pytest


@pytest.mark.check(points=3)
def test_halves(student):
    """It halves"""
    assert student.halve(8) == 4
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
limits = { seconds = 60 }

[[exercise.tasks]]
title = "First halve"
hints = ["who halves", "how to halve", "the code to halve"]

[[exercise.tasks]]
title = "Then return"
hints = ["what returns", "how to return", "the code to return"]
"""

RIGHT = "def double(number):\n    return 2 * number\n"
WRONG = "def double(number):\n    return number ** 2\n"
STUB = 'def double(number):\n    raise NotImplementedError("task 1: double it")\n'


@pytest.fixture
def kitchen(tiny_course: Callable[..., Any]) -> Path:
    """A course with the exercises 01_doubles and 02_halves; the first one's stub is still to be filled."""
    root: Path = tiny_course(DOUBLE, slug="doubles", stub=STUB, seconds=60).root
    for wing, name, text in (
        ("exercises", "halves.py", "def halve(number):\n    return number // 2\n"),
        ("graders", "test_halves.py", HALVE),
    ):
        (root / wing / "02_halves").mkdir()
        (root / wing / "02_halves" / name).write_text(text)
    with (root / "course.toml").open("a") as manifest:
        manifest.write(SECOND)
    return root


def environment(**more: str) -> dict[str, str]:
    """What a command gets to see: no course but that of its folder, no colours, the usual width."""
    dropped = ("MANYCHEFS_COURSE", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"COLUMNS": "100", "TERM": "xterm"} | more


@pytest.fixture
def start(kitchen: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts `chefs …` in the course's folder."""

    def begin(*words: str | Path, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, "-m", "manychefs", *map(str, words)],
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment(**(env or {})),
            # A test run in the background of a shell ignores Ctrl-C, and so would what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **({"cwd": kitchen} | piped | options),
        )

    return begin


@pytest.fixture
def process(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `chefs …` in the course's folder to its end, in a process of its own."""

    def run(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        begun = start(*words, **options)
        out, err = begun.communicate()
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(words, begun.returncode, out, err)

    return run


@pytest.fixture
def chefs(
    kitchen: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `chefs …` in the course's folder, in this very process: half a second quicker than in its own."""
    from manychefs.cli import main

    monkeypatch.chdir(kitchen)

    def run(*words: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        capfd.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["chefs", *map(str, words)])
            seen = environment(**(env or {}))
            for name in os.environ.keys() - seen.keys():
                patch.delenv(name)
            for name, value in seen.items():
                patch.setenv(name, value)
            code = main()
        out, err = capfd.readouterr()
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(words, code, out, err)

    return run
