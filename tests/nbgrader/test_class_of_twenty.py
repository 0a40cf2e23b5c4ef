"""A class of twenty in real nbgrader, from `nbgrader quickstart` to formgrader's pages."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.long, pytest.mark.timeout(7200)]

Run = Callable[..., subprocess.CompletedProcess[str]]

EX = "01_doubles"
SOLUTION = '''\
from multiprocessing import get_context


def double(number):
    """Twice the number, as another process finds it."""
    # Task 1: have another process double it
    ### BEGIN SOLUTION
    with get_context("fork").Pool(1) as pool:
        twice = pool.apply(int.__mul__, (number, 2))
        pool.close()
        pool.join()
    return twice
    ### END SOLUTION
'''
PROCESS = """\
from multiprocessing import get_context

def cook(number, queue):
    queue.put(2 * number)

def double(number):
    context = get_context("fork")
    queue = context.Queue()
    process = context.Process(target=cook, args=(number, queue))
    process.start()
    twice = queue.get()
    process.join()
    return twice
"""
PLAIN = "def double(number):\n    return {}\n"
RIGHT = [
    SOLUTION,
    PROCESS,
    *(PLAIN.format(each) for each in ("2 * number", "number + number", "number << 1")),
]
WRONG = [PLAIN.format(each) for each in ("number ** 2", "number", "abs(number)", "None if number else 0")]
HANGS = "def double(number):\n    while number:\n        pass\n    return 0\n"
BROKEN = ["def double(number:\n    return 2 * number\n", "    return 2 * number\n"]
LIES = """\
class Equal(int):
    def __eq__(self, other):
        return True
    __hash__ = int.__hash__

def double(number):
    return Equal(0) if number else 0
"""
LEAVES = "import os, sys\nprint(10.0)\nsys.stdout.flush()\nos._exit(0)\n"
FAKE = """\
import sys, types
fake = types.ModuleType("manychefs.outputs.inline")
fake.check = lambda *_: 10.0
sys.modules["manychefs.outputs.inline"] = fake
"""

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
MANIFEST = """\
title = "A tiny course"
[[exercise]]
number = 1
slug = "doubles"
title = "Doubling"
concept = "one thing"
minutes = 1
points = 10
start_methods = ["fork"]
limits = { seconds = 2, memory_mb = 1024, processes = 32 }
[[exercise.tasks]]
title = "Double it"
hints = ["a", "b", "c"]
"""


def grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "id": "x", "metadata": {}, "source": source,
        "execution_count": None, "outputs": [],
    }  # fmt: skip


def answered(released: bytes, body: str, *, first: str = "", without: str = "") -> dict[str, Any]:
    """The released notebook with an answer, a cell before all others, and without those named like this."""
    notebook: dict[str, Any] = json.loads(released)
    for cell in notebook["cells"]:
        if grade_id(cell) == "solution":
            cell["source"] = f"%%writefile doubles.py\n{body}"
    kept = [cell for cell in notebook["cells"] if not without or not grade_id(cell).startswith(without)]
    notebook["cells"] = [*([code(first)] if first else []), *kept]
    return notebook


def faked(released: bytes, body: str) -> dict[str, Any]:
    """One whose every check shows full points, by a cell before it and by an output that nobody has made."""
    notebook = answered(released, body, first=FAKE)
    for cell in notebook["cells"]:
        if grade_id(cell).startswith("test_"):
            data = {"data": {"text/plain": "10.0"}, "metadata": {}}
            cell["source"] = "10.0"
            cell["outputs"] = [{"output_type": "execute_result", "execution_count": 1, **data}]
    return notebook


def handed_in(released: bytes) -> dict[str, tuple[dict[str, Any], float]]:
    """For each student the notebook, and what its answer is worth."""
    found = {f"right{n}": (answered(released, body), 10.0) for n, body in enumerate(RIGHT)}
    found |= {f"wrong{n}": (answered(released, body), 4.0) for n, body in enumerate(WRONG)}
    found |= {f"broken{n}": (answered(released, body), 0.0) for n, body in enumerate(BROKEN)}
    return found | {
        "fake-wrong": (faked(released, WRONG[0]), 4.0),
        "fake-stub": (faked(released, "def double(number):\n    raise NotImplementedError\n"), 0.0),
        "lies": (answered(released, LIES), 4.0),
        "leaves": (answered(released, LEAVES), 0.0),
        "hangs": (answered(released, HANGS), 4.0),
        "hangs-outside": (answered(released, RIGHT[2], first="while True:\n    pass"), 10.0),
        "no-answer-cell": (answered(released, "", without="solution"), 0.0),
        "no-check-cells": (answered(released, RIGHT[2], without="test_"), 10.0),
        "as-given-out": (json.loads(released), 0.0),
    }


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def points(path: Path, student: str, score: str) -> dict[str, float]:
    """What each student has in a CSV file of a row a check."""
    found: defaultdict[str, float] = defaultdict(float)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row[student]] += float(row[score] or 0)
    return dict(found)


@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no chromium")
def test_from_quickstart_to_formgrader_the_marks_are_those_of_chefs_grade(
    run: Run, formgrader: Callable[[Path], Any], tmp_path: Path
) -> None:
    root, folder = tmp_path / "chefs", tmp_path / "course101"
    write(
        root,
        {
            "course.toml": MANIFEST,
            f"exercises/{EX}/README.md": "# 01 Doubling\n",
            f"exercises/{EX}/doubles.py": "def double(number):\n    raise NotImplementedError('task 1')\n",
            f"solutions/{EX}/doubles.py": SOLUTION,
            f"graders/{EX}/test_doubles.py": GRADER,
        },
    )

    def command(where: Path, *words: str | Path, **environment: str) -> str:
        done = run([sys.executable, "-m", *words], where, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    command(tmp_path, "nbgrader", "quickstart", "course101")
    said = command(root, "manychefs", "--course", root, "release", "--nbgrader", folder)
    line = said.split("run in kernels: ")[1].splitlines()[0]
    with (folder / "nbgrader_config.py").open("a") as config:  # as the release asks the instructor to
        config.write(f"\n{line}\n")
    command(folder, "nbgrader", "generate_assignment", EX)
    class_of_twenty = handed_in((folder / "release" / EX / f"{EX}.ipynb").read_bytes())
    assert len(class_of_twenty) == 20
    for student, (notebook, _) in class_of_twenty.items():
        write(folder, {f"submitted/{student}/{EX}/{EX}.ipynb": json.dumps(notebook)})
    command(folder, "nbgrader", "autograde", EX)
    command(folder, "nbgrader", "generate_feedback", EX)
    command(folder, "nbgrader", "export")

    expected = {student: worth for student, (_, worth) in class_of_twenty.items()}
    assert points(folder / "nbgrader.csv", "student_id", "score") == expected
    command(
        folder, "manychefs", "--course", root, "grade", "submitted", "--out", "again", MANYCHEFS_GRADEBOOK="0"
    )
    again = points(folder / "again" / "grades.csv", "student", "points")
    assert dict.fromkeys(expected, 0.0) | again == expected

    pages = sorted((folder / "feedback").glob(f"*/{EX}/{EX}.html"))
    assert len(pages) == 20
    assert not [page for page in pages if "assert student.double" in page.read_text("utf-8")]
    with formgrader(folder) as look:
        scores = {each["student"]: each for each in look.scores(EX)}
        assert {student: each["score"] for student, each in scores.items()} == expected
        assert len(set(re.findall(r"Submission #(\d+)", look(f"gradebook/{EX}/{EX}")))) == 20
        assert EX in look("manage_assignments")
        page = re.sub(r"<[^>]*>", "", look(f"submissions/{scores['fake-wrong']['id']}/"))
    assert "return number ** 2" in page  # what was handed in
    assert "What happened" in page  # and not the number that it shows of itself
