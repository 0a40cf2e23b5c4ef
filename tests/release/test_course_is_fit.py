"""The course as it is given out: every exercise is fit."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_exercise_of_the_course_is_fit() -> None:
    """The solutions pass under every start method, the stubs are red, each wrong answer is caught."""
    run = subprocess.run(
        [sys.executable, "-m", "manychefs", "validate", "--json"], cwd=REPO, capture_output=True, text=True
    )
    findings = json.loads(run.stdout)
    problems = [problem for found in findings for problem in found["problems"]]
    assert not problems, "\n".join(problems)
    assert run.returncode == 0
    assert sum(found["wrong"] for found in findings) >= 20
