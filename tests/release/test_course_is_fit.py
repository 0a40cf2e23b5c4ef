"""The course as it is given out: every exercise is fit."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from manychefs.course import load_course

REPO = Path(__file__).resolve().parents[2]


def validate(*words: str) -> tuple[int, int]:
    """`chefs validate`: how many wrong answers were caught, and how much this machine was too busy to show.

    A speedup that is inconclusive says nothing of the exercise, for or against it.
    """
    run = subprocess.run(
        [sys.executable, "-m", "manychefs", "validate", "--json", *words],
        cwd=REPO,
        capture_output=True,
        text=True,
    )
    findings = json.loads(run.stdout)
    problems = [problem for found in findings for problem in found["problems"]]
    unfit = [problem for problem in problems if " is inconclusive: " not in problem]
    assert not unfit, "\n".join(unfit)
    assert run.returncode == bool(problems)
    return sum(found["caught"] for found in findings), len(problems)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_exercise_is_fit_as_far_as_one_wrong_answer_of_each_shows() -> None:
    """The solutions pass under every start method, the stubs are red, the wrong answers fail one check."""
    caught, not_shown = validate("--sample", "1", "--thorough")
    assert caught + not_shown >= 18
    # A speedup a machine may be too busy to show: at most one for each exercise that has such a check.
    assert not_shown <= 6


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(5400)
def test_every_exercise_of_the_course_is_fit() -> None:
    """Every known-wrong answer fails one check and no other, every other right one gets full points."""
    caught, not_shown = validate("--thorough")
    assert caught >= 90
    assert not_shown == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnknownMarkWarning")
def test_chefs_who_all_gave_up_are_not_told_that_nobody_waited_for_them_alone() -> None:
    """One order of steps shows it: 13 named missing joins and exceptions, and neither was the cause."""
    course = load_course(REPO)
    words = runpy.run_path(str(course.grader(course.find("13"))))["what_is_wrong"](([0, 0], 0), [2, 2])
    assert "gave up a meal" in words
    assert "Let each chef wait for the knives" in words
