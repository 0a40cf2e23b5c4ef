"""The course as it is given out: every exercise is fit."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]


def validate(*words: str) -> int:
    """`chefs validate`: how many wrong answers were tried, all of them caught, and all else fit."""
    run = subprocess.run(
        [sys.executable, "-m", "manychefs", "validate", "--json", *words],
        cwd=REPO,
        capture_output=True,
        text=True,
    )
    findings = json.loads(run.stdout)
    problems = [problem for found in findings for problem in found["problems"]]
    assert not problems, "\n".join(problems)
    assert run.returncode == 0
    return sum(found["caught"] for found in findings)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_exercise_is_fit_as_far_as_one_wrong_answer_of_each_shows() -> None:
    """The solutions pass under every start method, the stubs are red, the wrong answers are caught."""
    assert validate("--sample", "1") == 18


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(5400)
def test_every_exercise_of_the_course_is_fit() -> None:
    """Every known-wrong answer is caught, every other right one gets full points."""
    assert validate() >= 90
