"""A term with real nbgrader: release, submissions of all kinds, autograde, feedback, export, formgrader.

The traps of nbgrader each have a test. One course serves them all, because each command takes seconds.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]

EX = "01_doubles"
KNOWN = ("ada", "ben", "spoof", "killer", "lost", "late")  # names that need no quotes
RIGHT = "def double(number):\n    return 2 * number\n"
WRONG = "def double(number):\n    return number ** 2\n"
SPOOF = """\
import sys, types
fake = types.ModuleType("manychefs.outputs.inline")
fake.check = lambda *_: 1000.0
sys.modules["manychefs.outputs.inline"] = fake
"""

SOLUTION = '''\
def double(number):
    """Twice the number."""
    # Task 1: double it
    ### BEGIN SOLUTION
    return 2 * number
    ### END SOLUTION
'''

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

HIDDEN = '''\
import pytest


@pytest.mark.check(points=2)
def test_negative(student):
    """It doubles what is below zero"""
    assert student.double(-5) == -10
'''

MANIFEST = """\
title = "A tiny course"
[late]
per_day = 0.1
[[exercise]]
number = 1
slug = "doubles"
title = "Doubling"
concept = "one thing"
minutes = 1
points = 12
start_methods = ["fork"]
due = 2027-02-01T12:00:00+00:00
[[exercise.tasks]]
title = "Double it"
hints = ["a", "b", "c"]
"""


@dataclass
class Term:
    """What a term has left: the nbgrader course's folder, and what the commands said."""

    root: Path
    folder: Path
    said: dict[str, str]

    def score(self, student: str) -> tuple[float, float]:
        """What nbgrader's own export says: the score before and after the penalty."""
        row = next(row for row in self.rows("stock.csv") if row["student_id"] == student)
        return float(row["raw_score"]), float(row["score"])

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def page(self, student: str) -> str:
        return (self.folder / "feedback" / student / EX / f"{EX}.html").read_text("utf-8")


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def answered(released: bytes, body: str) -> dict[str, Any]:
    """The released notebook with an answer in its solution cell."""
    notebook: dict[str, Any] = json.loads(released)
    (cell,) = [each for each in notebook["cells"] if grade_id(each) == "solution"]
    cell["source"] = f"%%writefile doubles.py\n{body}"
    return notebook


def grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": "x",
        "metadata": {},
        "source": source,
        "execution_count": None,
        "outputs": [],
    }


def submissions(released: bytes) -> dict[str, dict[str, Any]]:
    """One notebook a student: honest ones, and those that try something."""
    spoof = answered(released, WRONG)
    spoof["cells"].insert(0, code(SPOOF))
    for cell in spoof["cells"]:
        if grade_id(cell).startswith("test_"):
            cell["source"] = "1000.0"
            cell["metadata"]["nbgrader"]["points"] = 1000
            cell["metadata"]["manychefs"] = {"verdict": "passed"}
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": "6"},
                }
            ]
    killer = answered(released, RIGHT)
    killer["cells"].insert(0, code("import os, sys\nprint('!', file=sys.stderr)\nos._exit(1)"))
    killer["cells"] = [cell for cell in killer["cells"] if not grade_id(cell).startswith("test_")]
    lost = answered(released, RIGHT)
    next(cell for cell in lost["cells"] if grade_id(cell) == "solution")["source"] = RIGHT
    return {
        "ada": answered(released, RIGHT),
        "ben": answered(released, WRONG),
        "spoof": spoof,
        "killer": killer,
        "lost": lost,
        "late": answered(released, RIGHT),
        "Dee, Zoë": json.loads(released),
    }


@pytest.fixture(scope="module")
def term(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Term:
    root = tmp_path_factory.mktemp("term")
    write(
        root,
        {
            "course.toml": MANIFEST,
            f"exercises/{EX}/README.md": "# 01 Doubling\n",
            f"exercises/{EX}/doubles.py": WRONG,
            f"solutions/{EX}/doubles.py": SOLUTION,
            f"graders/{EX}/test_doubles.py": GRADER,
            f"graders/{EX}/test_hidden.py": HIDDEN,
        },
    )
    folder = root / "nbgrader"
    term = Term(root, folder, {})

    def command(name: str, *words: str | Path) -> None:
        done = run([sys.executable, "-m", *words], folder if folder.is_dir() else root)
        term.said[name] = done.stdout + done.stderr
        assert done.returncode == 0, term.said[name]

    command("release", "manychefs", "--course", root, "release", "--nbgrader", folder)
    command("validate", "nbgrader", "validate", f"source/{EX}/{EX}.ipynb")
    assert (folder / "source" / EX / "doubles.py").is_file()  # the trap: the solution, left in source/
    command("generate", "nbgrader", "generate_assignment", EX)
    released = (folder / "release" / EX / f"{EX}.ipynb").read_bytes()
    for student, notebook in submissions(released).items():
        write(folder, {f"submitted/{student}/{EX}/{EX}.ipynb": json.dumps(notebook)})
    for student, day in (("ada", "2027-02-01"), ("late", "2027-02-03")):
        write(folder, {f"submitted/{student}/{EX}/timestamp.txt": f"{day} 11:00:00 UTC"})
    command("autograde", "nbgrader", "autograde", EX)
    command("feedback", "nbgrader", "generate_feedback", EX)
    command("export", "nbgrader", "export")
    stock = "nbgrader.plugins.CsvExportPlugin"
    named = [f"--ExportPlugin.student={each}" for each in KNOWN]
    command("stock", "nbgrader", "export", f"--exporter={stock}", "--to=stock.csv", *named)
    return term


def test_the_solution_is_not_given_out(term: Term) -> None:
    released = sorted(path.name for path in (term.folder / "release" / EX).iterdir())
    assert released == [f"{EX}.ipynb"]
    text = (term.folder / "release" / EX / f"{EX}.ipynb").read_text("utf-8")
    assert "2 * number" not in text
    assert "BEGIN SOLUTION" not in text
    assert "# Task 1: double it" in text
    assert "test_negative" not in text  # a hidden check's cell comes when it is graded


def test_the_solution_passes_in_a_kernel(term: Term) -> None:
    assert "Success! Your notebook passes all the tests." in term.said["validate"]


def test_honest_answers(term: Term) -> None:
    assert term.score("ada") == (12, 12)
    assert term.score("ben") == (4, 4)


def test_a_notebook_that_fakes_its_checks_gets_what_its_answer_is_worth(term: Term) -> None:
    assert term.score("spoof") == term.score("ben")


def test_a_notebook_that_ends_its_kernel_and_lost_its_grade_cells_is_graded(term: Term) -> None:
    assert term.score("killer") == (12, 12)
    assert "It doubles" in term.page("killer")


def test_an_answer_that_is_not_written_to_the_file_is_left_to_a_person(term: Term) -> None:
    assert term.score("lost") == (0, 0)
    assert "no cell of it begins with `%%writefile doubles.py`" in term.page("lost")
    rows = [row for row in term.rows("nbgrader.csv") if row["student_id"] == "lost"]
    assert [row["needs_manual_grade"] for row in rows] == ["True"] * 3


def test_the_courses_late_policy_is_nbgraders(term: Term) -> None:
    assert term.score("late") == (12, 12 - 0.1 * 2 * 12)  # two days begun


def test_feedback_teaches_and_gives_nothing_away(term: Term) -> None:
    page = term.page("ben")
    assert "What happened" in page
    assert "441" in page  # what came
    assert "assert student.double" not in page  # the grader's text


def test_export_has_a_row_a_check_and_quotes(term: Term) -> None:
    rows = [row for row in term.rows("nbgrader.csv") if row["student_id"] == "Dee, Zoë"]
    # The notebook as it was given out; the last is the hidden check.
    assert {row["check"]: float(row["score"]) for row in rows} == {
        "test_doubles": 0,
        "test_zero": 0,
        "test_negative": 0,
    }


def test_chefs_grade_gives_the_same_marks(run: Run, term: Term) -> None:
    done = run(
        [sys.executable, "-m", "manychefs", "--course", term.root, "grade", "submitted", "--out", "again"],
        term.folder,
        MANYCHEFS_GRADEBOOK="0",
    )
    assert done.returncode == 0, done.stderr
    marks: dict[str, float] = {}
    for row in term.rows("again/grades.csv"):
        marks[row["student"]] = marks.get(row["student"], 0.0) + float(row["points"])
    marks.pop("Dee, Zoë")
    assert marks == {student: term.score(student)[1] for student in marks}
    assert "refused: lost" in done.stdout


def test_a_second_release_keeps_what_an_instructor_has_changed(run: Run, term: Term) -> None:
    source = term.folder / "source" / EX / f"{EX}.ipynb"
    ours = source.read_bytes()
    changed = ours.replace(b"01 Doubling", b"01 Doubling, as I tell it")
    source.write_bytes(changed)
    command = [sys.executable, "-m", "manychefs", "--course", term.root, "release", "--nbgrader", term.folder]
    done = run(command, term.root)
    assert source.read_bytes() == ours
    kept = term.folder / "before-release" / f"{EX}.ipynb"
    assert kept.read_bytes() == changed
    assert "kept as" in done.stdout
    assert "nbgrader_config.py: kept as it is\n" in done.stdout
    (term.folder / "nbgrader_config.py").write_text("c = get_config()\n")  # of the instructor's own
    again = run(command, term.root).stdout
    assert "unchanged" in again
    assert 'add this line at its end, or submissions are run in kernels: load_subconfig("manychefs' in again
