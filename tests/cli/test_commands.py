"""The commands that grade nothing: list, hint, doctor, and the command line's own errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import manychefs

Run = Callable[..., subprocess.CompletedProcess[str]]
PARTS = ("What happened", "Likely cause", "Evidence", "Next")


def told(done: subprocess.CompletedProcess[str]) -> str:
    """An error as running text, after a look at its form: four parts on stderr, nothing else said."""
    assert done.stdout == ""
    for part in PARTS:
        assert part in done.stderr
    return " ".join(done.stderr.split())


# -- list -------------------------------------------------------------------------------------


def test_list_shows_each_exercise_in_order(chefs: Run) -> None:
    done = chefs("list")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].strip() == "A tiny course"
    rows = [" ".join(line.split()) for line in lines if line.split()[:1] in (["01"], ["02"])]
    assert rows == [
        "01 doubles A tiny exercise one thing 1 10",
        "02 halves The second exercise another thing 2 3",
    ]


def test_list_as_json(chefs: Run) -> None:
    done = chefs("list", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)[1] == {
        "number": 2,
        "slug": "halves",
        "title": "The second exercise",
        "concept": "another thing",
        "minutes": 2,
        "points": 3,
    }


# -- hint -------------------------------------------------------------------------------------


def test_hint_without_a_task_gives_each_tasks_first_hint(chefs: Run) -> None:
    done = chefs("hint", "02")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Task 1: First halve",
        "  hint 1 of 3: who halves",
        "Task 2: Then return",
        "  hint 1 of 3: what returns",
        "The next one: chefs hint 02 1 2",
    ]


@pytest.mark.parametrize(
    ("step", "hint", "after"),
    [
        ("1", "what returns", "The next one: chefs hint 02 2 2"),
        ("2", "how to return", "The next one: chefs hint 02 2 3"),
        ("3", "the code to return", None),
    ],
)
def test_hints_go_step_by_step(chefs: Run, step: str, hint: str, after: str | None) -> None:
    done = chefs("hint", "halves", "2", step)
    assert done.returncode == 0
    expected = ["Task 2: Then return", f"  hint {step} of 3: {hint}"]
    assert done.stdout.splitlines() == expected + ([after] if after else [])


@pytest.mark.parametrize(
    ("task", "step"), [("3", "1"), ("0", "1"), ("1", "4"), ("1", "0")], ids=["3", "0", "1.4", "1.0"]
)
def test_a_hint_that_does_not_exist_is_told_with_those_that_do(chefs: Run, task: str, step: str) -> None:
    done = chefs("hint", "02", task, step)
    assert done.returncode == 2
    text = told(done)
    assert f"02_halves has no hint {step} for a task {task}." in text
    assert "tasks 1 to 2, each with hints 1 to 3" in text
    assert "`chefs hint 02`" in text


@pytest.mark.parametrize("words", [["hint"], ["hint", "02", "one"], ["hint", "nothing"]])
def test_a_hint_for_nothing_is_told(chefs: Run, words: list[str]) -> None:
    done = chefs(*words)
    assert done.returncode == 2
    assert told(done)


# -- doctor -----------------------------------------------------------------------------------


def test_doctor_as_json_ends_with_0_only_if_all_is_well(chefs: Run) -> None:
    done = chefs("doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert list(findings) == [
        "Python", "cores", "start methods", "semaphores", "CPU books", "packages", "confinement", "course",
    ]  # fmt: skip
    for finding in findings.values():
        assert finding["well"] in (True, False)
        assert finding["found"]
    assert findings["course"]["well"]
    assert "2 exercises" in findings["course"]["found"]
    assert done.returncode == (0 if all(finding["well"] for finding in findings.values()) else 3)


def test_doctor_looks_at_every_package_that_the_kit_depends_on() -> None:
    from importlib import metadata

    from manychefs.cli.machine import PACKAGES

    required = {line.split(">")[0].split("=")[0].strip() for line in metadata.requires("manychefs") or []}
    assert required == set(PACKAGES)


def test_doctor_without_a_course_says_so_and_ends_with_3(
    chefs: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = chefs("doctor")
    assert done.returncode == 3
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("✗ course")]
    assert "No course was found here." in line
    assert "--course DIR" in done.stdout


# -- the command line itself ------------------------------------------------------------------


def test_version(chefs: Run) -> None:
    done = chefs("--version")
    assert (done.returncode, done.stdout) == (0, f"chefs {manychefs.__version__}\n")


def test_no_words_at_all_show_the_help_and_end_with_2(chefs: Run) -> None:
    done = chefs()
    assert done.returncode == 2
    for command in ("check", "list", "hint", "grade", "doctor", "stubs", "validate", "test"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(
    "command", ["check", "list", "hint", "grade", "doctor", "stubs", "validate", "new", "test"]
)
def test_each_command_explains_itself(chefs: Run, command: str) -> None:
    done = chefs(command, "--help")
    assert done.returncode == 0
    assert f"chefs {command}" in done.stdout


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["chekc", "01"], "chekc"),
        (["check", "--jsn"], "--jsn"),
        (["grade"], "PATH"),
        (["grade", "class", "--jobs", "0"], "--jobs"),
        (["--course"], "--course"),
        (["check", "01", "--submission"], "--submission"),
    ],
)
def test_wrong_usage_is_told_in_four_parts(chefs: Run, words: list[str], what: str) -> None:
    done = chefs(*words)
    assert done.returncode == 2
    text = told(done)
    assert what in text
    assert f"chefs {' '.join(words)}" in text


def test_the_course_can_be_named(chefs: Run, kitchen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert chefs("list").returncode == 2
    done = chefs("--course", kitchen, "list")
    assert done.returncode == 0
    assert "halves" in done.stdout


def test_the_course_is_found_from_below(chefs: Run, kitchen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kitchen / "exercises" / "02_halves")
    assert chefs("list").returncode == 0


def test_a_course_that_is_none_is_told(chefs: Run, tmp_path: Path) -> None:
    done = chefs("--course", tmp_path, "list")
    assert done.returncode == 2
    assert "course.toml cannot be read" in " ".join(done.stderr.split())


def test_a_broken_manifest_is_told_by_every_command(chefs: Run, kitchen: Path) -> None:
    manifest = kitchen / "course.toml"
    manifest.write_text(manifest.read_text().replace("minutes", "minuets", 1))
    for words in (["list"], ["check", "01"], ["hint", "01"], ["grade", "."], ["stubs"], ["validate"]):
        done = chefs(*words)
        assert done.returncode == 2
        assert "Did you mean 'minutes'?" in told(done)


def test_a_folder_that_was_removed_under_the_command_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = "import os, sys; os.rmdir(os.getcwd()); from manychefs.cli import main; sys.exit(main())"
    env = {name: value for name, value in os.environ.items() if name != "MANYCHEFS_COURSE"}
    # -P, as the launcher has it: with the current folder on its path, Python 3.13.0 itself fails there.
    command = [sys.executable, "-P", "-c", code, "list"]
    done = subprocess.run(command, cwd=gone, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_python_m_manychefs_is_the_command(process: Run) -> None:
    done = process("--version")
    assert (done.returncode, done.stdout) == (0, f"chefs {manychefs.__version__}\n")


# -- stubs ------------------------------------------------------------------------------------


def test_stubs_are_written_once_and_then_unchanged(chefs: Run, kitchen: Path) -> None:
    folder = kitchen / "solutions" / "01_doubles"
    folder.mkdir(parents=True)
    (folder / "doubles.py").write_text(
        "def double(number):\n    # Task 1: double it\n    ### BEGIN SOLUTION\n"
        "    return 2 * number\n    ### END SOLUTION\n"
    )
    stub = kitchen / "exercises" / "01_doubles" / "doubles.py"
    stub.write_text("my work\n")
    done = chefs("stubs", "01")
    assert done.returncode == 0
    assert "written, the old file kept as doubles.py.before-stubs" in " ".join(done.stdout.split())
    assert "unchanged" in chefs("stubs", "01").stdout
    assert stub.with_name("doubles.py.before-stubs").read_text() == "my work\n"


def test_stubs_without_a_solution_end_with_2(chefs: Run) -> None:
    done = chefs("stubs", "02")
    assert done.returncode == 2
    assert "02_halves has no solution to make a stub from." in told(done)


# -- new --------------------------------------------------------------------------------------


def test_a_new_exercise_is_written_and_what_comes_next_is_said(chefs: Run) -> None:
    done = chefs("new", "exercise", "potatoes")
    assert done.returncode == 0
    assert "graders/03_potatoes/test_potatoes.py" in done.stdout.replace("\n", "")
    assert "chefs validate potatoes" in done.stdout
    assert '"potatoes"' in chefs("list", "--json").stdout
    again = chefs("new", "exercise", "potatoes")
    assert again.returncode == 2
    assert "the slug 'potatoes' already" in again.stderr
