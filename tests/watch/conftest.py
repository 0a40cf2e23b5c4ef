"""A course of two quick exercises with solutions and hints, to be worked through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.course import Course, load_course

PATIENCE = 60.0  # seconds for what is bound to happen on however busy a machine

GRADER = '''\
import pytest


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """Nothing is left behind"""
    student.run("{name}", 8).left_nothing_behind()


@pytest.mark.check(points=6)
def test_right(student):
    """It is right

    Cause: the number is another one.
    Next: think again (task 2).
    """
    assert student.{name}(8) == {result}
'''

SOLUTION = '''\
"""{name}: what there is to do."""


def {name}(number: int) -> int:
    # Task 1: do it.
    ### BEGIN SOLUTION
    return number {how}
    ### END SOLUTION
'''

ENTRY = """
[[exercise]]
number = {number}
slug = "{name}"
title = "The exercise that {name}"
concept = "one thing"
minutes = {number}
points = 7
start_methods = ["fork"]
limits = {{ seconds = 60 }}

[[exercise.tasks]]
title = "First"
hints = ["who {name}", "how it {name}", "the code that {name}"]

[[exercise.tasks]]
title = "Then"
hints = ["what returns", "how to return", "the code to return"]
"""


@pytest.fixture(autouse=True)
def _unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some submissions leave files for these tests to find, which no wall would let them."""
    monkeypatch.setenv("MANYCHEFS_CONFINEMENT", "none")


@pytest.fixture
def kitchen(tmp_path: Path) -> Course:
    """The exercises 01_doubles and 02_halves, both still to be filled."""
    root = tmp_path / "course"
    entries = ['title = "A small course"\n']
    for number, (name, how, result) in enumerate((("doubles", "* 2", 16), ("halves", "// 2", 4)), 1):
        solution = SOLUTION.format(name=name, how=how)
        for wing, filename, text in (
            ("solutions", f"{name}.py", solution),
            ("exercises", f"{name}.py", stub_of(solution)),
            ("exercises", "README.md", f"# The lesson of {name}\n\nGoal: know **it**.\n"),
            ("graders", f"test_{name}.py", GRADER.format(name=name, result=result)),
        ):
            folder = root / wing / f"{number:02}_{name}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / filename).write_text(text, "utf-8")
        entries.append(ENTRY.format(number=number, name=name))
    (root / "course.toml").write_text("".join(entries), "utf-8")
    return load_course(root)


def stub_of(solution: str) -> str:
    from manychefs.release.stubs import make_stub

    return make_stub(solution, Path("solution.py"))


@pytest.fixture
def save(kitchen: Course) -> Callable[..., Path]:
    """Saves an answer to an exercise as editors do: `save("01", source)`."""

    def write(name: str, source: str) -> Path:
        path = kitchen.stub(kitchen.find(name))
        draft = path.with_name(".draft")
        draft.write_text(source, "utf-8")
        draft.replace(path)
        return path

    return write


@pytest.fixture
def answers(kitchen: Course) -> dict[str, str]:
    """Answers to 01_doubles: one that is right, one that is wrong, and one that is not Python."""
    return {
        "right": kitchen.solution(kitchen.find("01")).read_text("utf-8"),
        "wrong": "def doubles(number):\n    return number + 1\n",
        "no python": "def doubles(number)\n    return number\n",
    }


@pytest.fixture
def hanging(tmp_path: Path) -> Callable[[], tuple[str, Path]]:
    """An answer that never returns, nor does its process, and a file that it makes once it has begun."""

    def source() -> tuple[str, Path]:
        marker = tmp_path / "begun"
        text = (
            "import multiprocessing, pathlib, time\n"
            "def cook():\n"
            f"    pathlib.Path({str(marker)!r}).write_text(str(multiprocessing.current_process().pid))\n"
            "    time.sleep(3600)\n"
            "def doubles(number):\n"
            "    chef = multiprocessing.Process(target=cook)\n"
            "    chef.start()\n"
            "    chef.join()\n"
        )
        return text, marker

    return source


def wait_until(holds: Callable[[], Any], what: str) -> None:
    """Return once something holds that is bound to."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.01)


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any], str], None]:
    """Waits for what is bound to happen: `eventually(lambda: …, "what")`."""
    return wait_until


@pytest.fixture
def start(kitchen: Course) -> Callable[..., subprocess.Popen[bytes]]:
    """Starts `chefs …` in the course's folder."""

    def begin(*words: str, **options: Any) -> subprocess.Popen[bytes]:
        dropped = ("MANYCHEFS_COURSE", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "VISUAL", "EDITOR")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        defaults = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, "-m", "manychefs", *words],
            cwd=kitchen.root,
            env=kept | {"TERM": "xterm-256color"} | options.pop("env", {}),
            # A test run in the background of a shell ignores Ctrl-C, and so would what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **(defaults | options),
        )

    return begin
