"""Feedback for a student who runs a notebook: a grade cell grades what `%%writefile` has written.

    grade cell ── check(exercise, check) ──► `chefs check --json` on the file (once a version) ──► its Report
         ▲                                                                                           │
         └── a Score: to nbgrader the number that its repr is, to a person the feedback as HTML ◄────┘

The command is a process of its own: a grading takes every stray child of its process for one that has escaped
from the submission, and a kernel has children of the student's.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from html import escape
from pathlib import Path

import msgspec

from manychefs.course import find_course_root, load_course
from manychefs.errors import ChefsError
from manychefs.outputs.notebook import feedback_html
from manychefs.report import Check, Report, Verdict

KEPT = 32  # reports on earlier versions of the file that are remembered


class Score(float):
    """What a check has earned, with its feedback. Its repr is the number, which nbgrader reads."""

    html: str

    def __new__(cls, earned: float, html: str) -> Score:
        """A score that shows itself as `html`."""
        score = super().__new__(cls, earned)
        score.html = html
        return score

    def __repr__(self) -> str:
        return float.__repr__(self)

    def _repr_html_(self) -> str:
        return self.html


def check(exercise: str, name: str) -> Score:
    """Grade the exercise's file in the current folder and show what came of one of its checks.

    Never raises, and prints nothing: nbgrader takes anything on stderr for a failure.

    Args:
        exercise: its full name. name: the check's.
    """
    try:
        course = load_course(find_course_root())
        found = course.find(exercise)
        path = Path.cwd() / found.filename
        if not path.is_file():
            raise ChefsError(
                f"There is no {found.filename} yet.",
                cause=f"The cell that begins with %%writefile {found.filename} has not been run.",
                next_step="Run that cell, then this one.",
            )
        return _score(_report(course.root, found.name, path), name)
    except ChefsError as error:
        return Score(0.0, f"<pre>{escape(error.feedback.text())}</pre>")


def grade_file(root: Path, exercise: str, path: Path) -> Report:
    """The report on a file, made by `chefs check` in a process of its own.

    Args:
        root: the course's folder. exercise: its full name.

    Raises:
        ChefsError: if the command could not grade it.
    """
    command = [sys.executable, "-P", "-m", "manychefs", "--course", str(root), "check", exercise]
    done = subprocess.run(
        [*command, "--submission", str(path), "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    try:
        (report,) = msgspec.json.decode(done.stdout, type=list[msgspec.Raw])
        return Report.from_json(bytes(report))
    except (msgspec.MsgspecError, ValueError):
        raise ChefsError(
            f"{path.name} could not be graded.",
            cause="`chefs check` ended without a report.",
            evidence=done.stderr.decode("utf-8", "replace").strip().splitlines()[-8:],
            next_step="`chefs doctor` says whether anything is missing here.",
        ) from None


_reports: dict[str, Report] = {}


def _report(root: Path, exercise: str, path: Path) -> Report:
    """The report on what the file holds now; every check of it is graded once."""
    key = hashlib.sha256(f"{exercise}\n".encode() + path.read_bytes()).hexdigest()
    if key not in _reports:
        if len(_reports) >= KEPT:
            _reports.clear()
        _reports[key] = grade_file(root, exercise, path)
    return _reports[key]


def _score(report: Report, name: str) -> Score:
    found = next((each for each in report.checks if each.name == name), None)
    if found is None:
        raise ChefsError(
            f"{report.exercise} has no check called {name!r}.",
            cause="The notebook is from another version of the course.",
            next_step="Get the notebook anew; your answer stands in the cell that writes the file.",
        )
    return Score(_earned(found), feedback_html([found]))


def _earned(found: Check) -> float:
    # A kernel can tell nbgrader a number and nothing else. What could not be judged must not cost points.
    judged = found.verdict in (Verdict.PASSED, Verdict.FAILED)
    return float(found.earned if judged else found.points)
