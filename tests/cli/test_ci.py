"""`chefs ci`, `chefs check --format`: each CI service's part is played, and its files read as it does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.test_check import RIGHT, WRONG, extend_grader, fill
from tests.outputs.runner import carried_out

Run = Callable[..., subprocess.CompletedProcess[str]]

NOWHERE = {"GITHUB_ACTIONS": "", "GITLAB_CI": "", "MANYCHEFS_AUTOGRADER": "/nowhere"}
SPEAKS_COMMANDS = """\
print("::error file=a.py::forged")
print("::set-output name=points::100")


def double(number):
    raise ValueError("::notice title=Autograding complete::Points 13/13\\n::error::forged")
"""
TOO_SLOW = '''

from manychefs.grading.outcome import CheckFailed
from manychefs.report import Feedback


@pytest.mark.check(points=2, kind="speedup")
def test_fast(student):
    """It is fast"""
    raise CheckFailed(Feedback(happened="Your processes took turns."))
'''


@pytest.fixture
def github(kitchen: Path, chefs: Run) -> Callable[..., tuple[int, str, str]]:
    """Plays GitHub's runner: gives a job's exit code, its log, and its summary."""
    summary = kitchen / "summary.md"

    def run(*words: str) -> tuple[int, str, str]:
        summary.write_text("")
        surroundings = NOWHERE | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(kitchen),
            "GITHUB_STEP_SUMMARY": str(summary),
        }
        done = chefs("ci", *words, env=surroundings)
        return done.returncode, done.stdout, summary.read_text()

    return run


def commands(log: str) -> list[str]:
    """The lines of a log that GitHub's runner takes for commands."""
    return [each.line for each in carried_out(log)]


# -- GitHub Actions ---------------------------------------------------------------------------


def test_github_gets_the_line_the_points_and_a_summary(kitchen: Path, github: Callable[..., Any]) -> None:
    fill(kitchen, "def double(number):\n    return number / 0\n")
    code, log, summary = github()
    first, second, points = commands(log)
    assert code == 1
    assert first.startswith(
        "::error file=exercises/01_doubles/doubles.py,line=2,title=01_doubles%3A It doubles::"
    )
    assert second.startswith("::error file=exercises/01_doubles/doubles.py,line=2,title=01_doubles%3A Zero")
    assert points == "::notice title=Autograding complete::Points 3/13"
    assert "ZeroDivisionError" in log
    assert "02&#95;halves | It halves" in summary


def test_github_is_green_for_what_was_begun(github: Callable[..., Any]) -> None:
    code, log, summary = github()
    assert code == 0
    assert commands(log) == ["::notice title=Autograding complete::Points 3/13"]
    assert "not begun yet" in summary


def test_a_program_cannot_speak_to_githubs_runner(kitchen: Path, github: Callable[..., Any]) -> None:
    fill(kitchen, SPEAKS_COMMANDS)
    code, log, summary = github("01")
    assert code == 1
    assert [line.partition("::")[2].partition(" ")[0] for line in commands(log)] == [
        "error",
        "error",
        "notice",
    ]
    assert commands(log)[2] == "::notice title=Autograding complete::Points 0/10"
    assert "\n::" not in summary


def test_a_hanging_answer_is_a_failure_and_no_error(kitchen: Path, github: Callable[..., Any]) -> None:
    manifest = kitchen / "course.toml"
    manifest.write_text(manifest.read_text().replace("seconds = 60", "seconds = 1", 1))
    fill(kitchen, "def double(number):\n    while True:\n        pass\n")
    code, log, _ = github("01")
    assert code == 1
    assert commands(log)[-1].endswith("Points 0/10")


def test_a_failure_of_the_kit_is_an_error_and_takes_no_points(
    kitchen: Path, github: Callable[..., Any]
) -> None:
    fill(kitchen, RIGHT)
    extend_grader(
        kitchen, '\n\n@pytest.mark.check(points=1)\ndef test_kit(student):\n    """K"""\n    1 / 0\n'
    )
    code, log, _ = github("01")
    assert code == 3
    assert [line.partition(" ")[0] for line in commands(log)] == ["::warning", "::notice"]
    assert "Points 10/10 (1 more not gradable here)" in log


def test_a_speedup_is_advisory_unless_the_course_says_otherwise(
    kitchen: Path, github: Callable[..., Any]
) -> None:
    fill(kitchen, RIGHT)
    extend_grader(kitchen, TOO_SLOW)
    code, log, _ = github("01")
    assert (code, commands(log)) == (
        0,
        ["::notice title=Autograding complete::Points 10/10 (2 more not gradable here)"],
    )
    assert "Your processes took turns." in log
    manifest = kitchen / "course.toml"
    manifest.write_text('ci = { speedup = "graded" }\n' + manifest.read_text())
    assert github("01")[0] == 1


# -- the others -------------------------------------------------------------------------------


def test_gitlab_gets_junit_and_a_red_job(kitchen: Path, chefs: Run) -> None:
    fill(kitchen, WRONG)
    done = chefs("ci", env=NOWHERE | {"GITLAB_CI": "true"})
    assert done.returncode == 1
    root = ElementTree.parse(kitchen / "manychefs-junit.xml").getroot()
    assert [(suite.get("name"), suite.get("failures")) for suite in root] == [
        ("01_doubles", "1"),
        ("02_halves", "0"),
    ]


def test_gradescope_gets_its_results_and_no_failed_container(tmp_path: Path, process: Run) -> None:
    autograder = tmp_path / "autograder"
    (autograder / "submission").mkdir(parents=True)
    (autograder / "submission" / "doubles.py").write_text(WRONG)
    done = process("ci", env=NOWHERE | {"MANYCHEFS_AUTOGRADER": str(autograder)})
    assert done.returncode == 0, done.stderr
    body = json.loads((autograder / "results" / "results.json").read_text())
    assert body["score"] == 4
    assert [test["status"] for test in body["tests"]] == ["failed", "passed"]


def test_classroom50_gets_its_result_and_no_infrastructure_error(kitchen: Path, chefs: Run) -> None:
    fill(kitchen, WRONG)
    names = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG")
    done = chefs("ci", "01", env=NOWHERE | {"GITHUB_ACTIONS": "true"} | dict.fromkeys(names, "x"))
    assert done.returncode == 0, done.stderr
    body = json.loads((kitchen / "result.json").read_text())
    assert (body["score"], body["max-score"], body["classroom"]) == (4, 10, "x")


def test_elsewhere_it_is_the_log_and_a_file_for_who_wants_one(kitchen: Path, chefs: Run) -> None:
    fill(kitchen, RIGHT)
    done = chefs("ci", "--junit", "out/results.xml", env=NOWHERE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("Points 13/13\n")
    assert ElementTree.parse(kitchen / "out" / "results.xml").getroot().tag == "testsuites"


def test_nothing_handed_in_is_told_in_four_parts(tmp_path: Path, chefs: Run) -> None:
    (tmp_path / "submission").mkdir()
    done = chefs("ci", env=NOWHERE | {"MANYCHEFS_AUTOGRADER": str(tmp_path)})
    assert done.returncode == 2
    assert all(part in done.stderr for part in ("nothing to grade", "Likely cause", "Evidence", "Next"))


# -- check --format ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("junit", "<?xml"), ("github", "::"), ("gradescope", "{"), ("classroom50", "{"), ("json", "[")],
)
def test_check_prints_each_format_and_nothing_else(
    kitchen: Path, chefs: Run, form: str, beginning: str
) -> None:
    fill(kitchen, WRONG)
    done = chefs("check", "01", "--format", form)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(beginning)


def test_an_unknown_format_and_all_beside_a_name_are_refused(
    chefs: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    assert chefs("check", "01", "--format", "xml").returncode == 2
    assert chefs("check", "01", "--all").returncode == 2
