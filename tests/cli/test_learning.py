"""The commands of a student's way: next, progress, reset, solution, completion; and what `check` keeps."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.course import load_course
from manychefs.outputs.progress import Progress

Run = Callable[..., subprocess.CompletedProcess[str]]

SOLUTION = """\
def double(number):
    # Task 1: double it
    ### BEGIN SOLUTION
    return 2 * number
    ### END SOLUTION
"""
WRONG = "def double(number):\n    return number ** 2\n"


@pytest.fixture
def path(kitchen: Path) -> Path:
    """The student's file of the first exercise."""
    return kitchen / "exercises" / "01_doubles" / "doubles.py"


def progress_in(kitchen: Path) -> Progress:
    return Progress(load_course(kitchen))


def add_solution(kitchen: Path) -> None:
    (kitchen / "solutions" / "01_doubles").mkdir(parents=True)
    (kitchen / "solutions" / "01_doubles" / "doubles.py").write_text(SOLUTION)


# -- check keeps what it finds ----------------------------------------------------------------


def test_check_keeps_the_report_of_the_students_own_file_alone(kitchen: Path, chefs: Run, path: Path) -> None:
    path.write_text(WRONG)
    assert chefs("check", "01").returncode == 1
    progress = progress_in(kitchen)
    exercise = load_course(kitchen).find("01")
    report = progress.current(exercise)
    assert report is not None
    assert report.score == 4
    other = kitchen / "elsewhere.py"
    other.write_text("def double(number):\n    return 2 * number\n")
    assert chefs("check", "01", "--submission", other).returncode == 0
    assert progress.current(exercise) == report
    assert not progress.has_passed(exercise)


def test_check_stands_though_nothing_can_be_kept(kitchen: Path, chefs: Run, path: Path) -> None:
    path.write_text(WRONG)
    (kitchen / ".chefs").write_text("a file where the folder belongs")
    done = chefs("check", "01")
    assert done.returncode == 1
    assert "4 of 10 points" in done.stdout
    assert "Your progress could not be kept" in done.stderr


# -- next, progress ---------------------------------------------------------------------------


def test_next_says_where_the_lesson_and_the_file_are(kitchen: Path, chefs: Run) -> None:
    done = chefs("next")
    assert done.returncode == 0
    for text in (
        "01_doubles",
        "exercises/01_doubles/README.md",
        "exercises/01_doubles/doubles.py",
        "chefs check 01",
    ):
        assert text in done.stdout
    course = load_course(kitchen)
    progress_in(kitchen).note(course.find("01"), "passed")
    assert json.loads(chefs("next", "--json").stdout)["exercise"] == "02_halves"
    progress_in(kitchen).note(course.find("02"), "passed")
    assert "the course is done" in chefs("next").stdout
    assert json.loads(chefs("next", "--json").stdout) is None


def test_progress_shows_what_is_passed_and_how_many_hints_it_took(kitchen: Path, chefs: Run) -> None:
    progress_in(kitchen).note(load_course(kitchen).find("02"), "passed")
    chefs("hint", "02", "1", "1")
    chefs("hint", "02", "1", "2")
    lines = chefs("progress").stdout.splitlines()
    assert lines[1] == "███████████████░░░░░░░░░░░░░░░  1 of 2 exercises passed"
    assert [" ".join(line.split()) for line in lines[3:5]] == [
        "· 01 doubles not begun",
        "✓ 02 halves passed, 2 hints",
    ]
    body = json.loads(chefs("progress", "--json").stdout)
    assert (body["passed"], body["exercises"], body["next"]) == (1, 2, "01_doubles")
    assert [(each["passed"], each["hints"]) for each in body["standings"]] == [(False, 0), (True, 2)]


# -- reset, solution --------------------------------------------------------------------------


def test_reset_says_where_the_copy_is(kitchen: Path, chefs: Run, path: Path) -> None:
    add_solution(kitchen)
    path.write_text(WRONG)
    done = chefs("reset", "01")
    assert done.returncode == 0
    kept = done.stdout.split("is kept in ")[1].strip()
    assert kept.startswith(".chefs/kept/01_doubles-")
    assert (kitchen / kept).read_text() == WRONG
    assert "raise NotImplementedError" in path.read_text()
    assert "is as it was given out." in chefs("reset", "01").stdout


@pytest.mark.parametrize("command", ["reset", "solution"])
def test_an_exercise_that_does_not_exist_is_told_with_the_nearest(chefs: Run, command: str) -> None:
    done = chefs(command, "doubels")
    assert done.returncode == 2
    assert "Did you mean 'doubles'?" in done.stderr


def test_a_mistyped_command_is_told_with_the_nearest(chefs: Run) -> None:
    done = chefs("chek", "01")
    assert done.returncode == 2
    assert "Did you mean 'check'?" in done.stderr


def test_a_solution_takes_passing_or_giving_up(kitchen: Path, chefs: Run) -> None:
    add_solution(kitchen)
    done = chefs("solution", "01")
    assert done.returncode == 2
    assert "chefs solution 01 --give-up" in " ".join(done.stderr.split())
    done = chefs("solution", "01", "--give-up")
    assert done.returncode == 0
    assert done.stdout == SOLUTION.replace("    ### BEGIN SOLUTION\n", "").replace(
        "    ### END SOLUTION\n", ""
    )
    assert [each.did for each in progress_in(kitchen).events()] == ["gave-up"]


# -- completion -------------------------------------------------------------------------------


def test_completion_knows_the_names_and_refuses_other_shells(
    chefs: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chefs("completion", "names").stdout.splitlines() == ["01_doubles", "02_halves"]
    done = chefs("completion", "tcsh")
    assert done.returncode == 2
    assert "shells: bash, zsh, fish" in done.stderr
    monkeypatch.chdir(tmp_path)
    done = chefs("completion", "names")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


TRIAL = """
eval "$({chefs} completion bash)"
chefs() {{ {chefs} "$@"; }}
complete_words() {{
    COMP_WORDS=(chefs "$@"); COMP_CWORD=$#; COMPREPLY=(); _chefs; echo "${{COMPREPLY[*]}}"
}}
complete_words che
complete_words check ""
complete_words check 02
complete_words solution --gi
complete_words check --submission dou
complete_words completion z
"""


@pytest.mark.slow
def test_bash_completes_commands_exercises_options_and_files(kitchen: Path) -> None:
    (kitchen / "doubt.py").touch()
    trial = TRIAL.format(chefs=f"{sys.executable} -m manychefs")
    dropped = ("MANYCHEFS_COURSE",)
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    done = subprocess.run(
        ["bash", "--norc", "-c", trial], cwd=kitchen, env=env, capture_output=True, text=True, check=True
    )
    commands, exercises, exercise, option, file, shell = done.stdout.splitlines()
    assert commands == "check"
    assert {"01_doubles", "02_halves"} <= set(exercises.split())
    assert exercise == "02_halves"
    assert option == "--give-up"
    assert file == "doubt.py"
    assert shell == "zsh"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_can_read_theirs(chefs: Run, shell: str) -> None:
    script = chefs("completion", shell).stdout
    for text in ("--give-up", "completion names", "watch", "solution"):
        assert text.removeprefix("--") in script
    if shutil.which(shell) is None:
        return  # it cannot be tried here
    subprocess.run([shell, "-n"], input=script, text=True, check=True)
