"""What a grade cell of a notebook shows its student, and says to nbgrader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.outputs import inline

GRADER = '''\
import pytest


@pytest.mark.check(points=6)
def test_answer(student):
    """It answers"""
    assert student.answer() == "<b>42</b>"
'''


@pytest.fixture
def answer(
    tiny_course: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., inline.Score]:
    """Runs a grade cell after a cell that has written this; it must print nothing."""
    course = tiny_course(GRADER).course
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("MANYCHEFS_COURSE", str(course.root))
    monkeypatch.setenv("MANYCHEFS_CONFINEMENT", "none")

    def run(source: str = "", exercise: str = "01_tally", check: str = "test_answer") -> inline.Score:
        if source:
            (here / "tally.py").write_text(source)
        score = inline.check(exercise, check)
        assert tuple(capfd.readouterr()) == ("", "")  # anything on stderr scores 0 with nbgrader
        return score

    return run


def test_to_nbgrader_it_is_a_number_and_to_a_person_feedback(answer: Callable[..., inline.Score]) -> None:
    right = answer("def answer():\n    return '<b>42</b>'\n")
    assert (repr(right), float(right)) == ("6.0", 6.0)  # what is no number would get full points
    wrong = answer("def answer():\n    return '<i>41</i>'\n")
    assert repr(wrong) == "0.0"
    page = wrong._repr_html_()
    assert "What happened" in page
    assert "&lt;i&gt;41" in page
    assert "<i>" not in page


def test_what_cannot_be_graded_is_zero_and_says_why(answer: Callable[..., inline.Score]) -> None:
    for words, why in (
        ({}, "%%writefile tally.py has not been run"),
        ({"exercise": "no_such"}, "no exercise called"),
        ({"source": "def answer():\n    return 1\n", "check": "test_gone"}, "no check called"),
    ):
        score = answer(**words)
        assert repr(score) == "0.0"
        assert why in score._repr_html_().replace("&#x27;", "'")
