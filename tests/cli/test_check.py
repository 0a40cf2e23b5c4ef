"""`chefs check`: what it grades, what it says, and how it ends."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from manychefs.report import Report

Run = Callable[..., subprocess.CompletedProcess[str]]

RIGHT = "def double(number):\n    return 2 * number\n"
WRONG = "def double(number):\n    return number ** 2\n"

UNDECIDED = '''

@pytest.mark.check(points=2, start_methods=["spawn"])
def test_elsewhere(student):
    """It doubles under spawn"""
    assert student.double(2) == 4
'''

BROKEN = '''

@pytest.mark.check(points=2)
def test_broken(student):
    """The grader breaks here"""
    raise RuntimeError("the grader's own mistake")
'''


def fill(kitchen: Path, source: str) -> Path:
    """The student's file of the first exercise, filled."""
    path = kitchen / "exercises" / "01_doubles" / "doubles.py"
    path.write_text(source, "utf-8")
    return path


def extend_grader(kitchen: Path, source: str) -> None:
    with (kitchen / "graders" / "01_doubles" / "test_doubles.py").open("a") as grader:
        grader.write(source)


def reports(done: subprocess.CompletedProcess[str]) -> list[Report]:
    """The reports of `--json`, read as strictly as any reader may."""
    return [Report.from_json(part) for part in msgspec.json.decode(done.stdout, type=list[msgspec.Raw])]


# -- how it ends ------------------------------------------------------------------------------


def test_a_right_answer_ends_with_0(kitchen: Path, process: Run) -> None:
    fill(kitchen, RIGHT)
    done = process("check", "01")
    assert done.returncode == 0
    assert "10 of 10 points" in done.stdout
    assert done.stderr == ""


def test_a_wrong_answer_ends_with_1_and_is_told_in_four_parts(kitchen: Path, process: Run) -> None:
    path = fill(kitchen, WRONG)
    done = process("check", "doubles")
    assert done.returncode == 1
    for text in (
        str(path.relative_to(kitchen)),
        "✗   0/6  It doubles",
        "✓   4/4  Zero stays zero",
        "What happened  double(21) returned 441 under fork.",
        "Likely cause   the number is not doubled.",
        "Evidence       expected: 42; it was 441",
        "Next           add it to itself.",
        "4 of 10 points",
        "chefs hint 01",
    ):
        assert text in done.stdout
    assert "Red at the start" not in done.stdout


def test_an_untouched_stub_is_red_and_that_is_said_to_be_right(chefs: Run) -> None:
    done = chefs("check", "1")
    assert done.returncode == 1
    assert "double is not written yet: task 1: double it" in done.stdout
    assert "As above." in done.stdout
    assert "Red at the start is as it should be" in done.stdout


@pytest.mark.parametrize(
    ("answer", "more", "code", "score"),
    [
        (RIGHT, UNDECIDED, 3, "10 of 10 gradable points, 2 not gradable on this machine"),
        (RIGHT, BROKEN, 3, "10 of 10 gradable points, 2 not gradable on this machine"),
        (WRONG, UNDECIDED, 1, "4 of 10 gradable points, 2 not gradable on this machine"),
    ],
    ids=["inconclusive", "error", "failed and inconclusive"],
)
def test_what_cannot_be_decided_ends_with_3_unless_something_failed(
    kitchen: Path, chefs: Run, answer: str, more: str, code: int, score: str
) -> None:
    fill(kitchen, answer)
    extend_grader(kitchen, more)
    done = chefs("check", "01")
    assert done.returncode == code
    assert score in done.stdout


def test_the_worst_of_several_exercises_is_the_exit_code(kitchen: Path, chefs: Run) -> None:
    fill(kitchen, WRONG)
    extend_grader(kitchen, UNDECIDED)
    assert chefs("check", "02").returncode == 0
    done = chefs("check", "02", "01")
    assert done.returncode == 1
    assert done.stdout.index("02_halves") < done.stdout.index("01_doubles")


# -- what it grades ---------------------------------------------------------------------------


def test_all_exercises_are_checked_when_none_is_named(chefs: Run) -> None:
    done = chefs("check", "--json")
    assert [report.exercise for report in reports(done)] == ["01_doubles", "02_halves"]
    assert done.returncode == 1


def test_json_is_one_list_of_whole_reports_and_nothing_else(kitchen: Path, chefs: Run) -> None:
    fill(kitchen, WRONG)
    done = chefs("check", "01", "--json")
    (report,) = reports(done)
    assert done.returncode == 1
    assert done.stderr == ""
    assert (report.score, report.points) == (4, 10)
    assert [check.name for check in report.checks] == ["test_doubles", "test_zero"]
    assert report.checks[0].feedback is not None
    assert report.checks[0].feedback.happened == "double(21) returned 441 under fork."


def test_a_file_says_by_its_name_which_exercise_it_answers(tmp_path: Path, chefs: Run) -> None:
    path = tmp_path / "doubles.py"
    path.write_text(RIGHT)
    (report,) = reports(chefs("check", "--submission", path, "--json"))
    assert (report.exercise, report.submission, report.score) == ("01_doubles", str(path), 10)


def test_a_file_of_another_name_is_graded_when_the_exercise_is_named(tmp_path: Path, chefs: Run) -> None:
    path = tmp_path / "my answer.py"
    path.write_text(RIGHT)
    (report,) = reports(chefs("check", "01", "--submission", path, "--json"))
    assert (report.exercise, report.score) == ("01_doubles", 10)


@pytest.mark.parametrize("layout", ["", "01_doubles"], ids=["flat", "a folder an exercise"])
def test_of_a_folder_the_exercises_that_are_there_are_graded(tmp_path: Path, chefs: Run, layout: str) -> None:
    folder = tmp_path / "ada"
    (folder / layout).mkdir(parents=True)
    (folder / layout / "doubles.py").write_text(RIGHT)
    (report,) = reports(chefs("check", "--submission", folder, "--json"))
    assert (report.exercise, report.submission, report.score) == ("01_doubles", str(folder), 10)


@pytest.mark.parametrize("words", [["01"], []], ids=["named", "found by what is in it"])
def test_an_archive_is_graded_by_what_is_in_it(tmp_path: Path, chefs: Run, words: list[str]) -> None:
    path = tmp_path / "answer.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("homework/doubles.py", RIGHT)
    (report,) = reports(chefs("check", *words, "--submission", path, "--json"))
    assert (report.exercise, report.submission, report.score) == ("01_doubles", str(path), 10)


def test_a_file_of_unknown_name_asks_which_exercise(tmp_path: Path, chefs: Run) -> None:
    path = tmp_path / "answer.py"
    path.write_text(RIGHT)
    done = chefs("check", "--submission", path)
    assert done.returncode == 2
    assert done.stdout == ""
    told = " ".join(done.stderr.split())
    assert "Which exercise does" in told
    assert "expected one of: doubles.py, halves.py" in told
    assert "`chefs check 03 --submission PATH`" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["check", "01", "--submission", "nowhere/doubles.py"], "There is no file nowhere/doubles.py."),
        (["check", "--submission", "nowhere/doubles.py"], "There is no file nowhere/doubles.py."),
        (["check", "01", "--submission", "graders"], "graders has no doubles.py."),
        (["check", "01", "--submission", "link.py"], "link.py cannot be graded: it is a symbolic link"),
        (["check", "nowhere"], "There is no exercise called 'nowhere'."),
        (["check", "01", "doubels"], "There is no exercise called 'doubels'."),
    ],
    ids=["missing file", "missing file by name", "folder without it", "link", "no exercise", "typo"],
)
def test_what_cannot_be_graded_ends_with_2_and_says_why(
    kitchen: Path, chefs: Run, words: list[str], told: str
) -> None:
    (kitchen / "link.py").symlink_to(kitchen / "exercises" / "02_halves" / "halves.py")
    done = chefs(*words)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    for part in ("What happened", "Likely cause", "Evidence", "Next"):
        assert part in done.stderr


def test_a_missing_grader_is_the_kits_fault_and_ends_with_2(kitchen: Path, process: Run) -> None:
    (kitchen / "graders" / "01_doubles" / "test_doubles.py").unlink()
    done = process("check", "01")
    assert done.returncode == 2
    assert "01_doubles has no grader." in done.stderr


def test_a_grader_that_is_not_python_is_told_with_its_path(kitchen: Path, chefs: Run) -> None:
    (kitchen / "graders" / "01_doubles" / "test_doubles.py").write_text("def test_(:\n")
    done = chefs("check", "01")
    assert done.returncode == 2
    assert "The grader test_doubles.py cannot be run." in done.stderr


# -- what a student's words can do: nothing ---------------------------------------------------


def test_what_a_student_raises_and_prints_is_shown_as_text(kitchen: Path, chefs: Run) -> None:
    fill(
        kitchen,
        "def double(number):\n"
        "    print('\\x1b[2J[bold]10 of 10[/bold] points :fire:\\r')\n"
        "    raise ValueError('[red]no[/red] \\x1b[1A\\u202e')\n",
    )
    done = chefs("check", "01")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "\\x1b[2J[bold]10 of 10[/bold] points :fire:" in done.stdout
    assert "ValueError: [red]no[/red] \\x1b[1A\\u202e" in done.stdout


@pytest.mark.parametrize("value", ["{1: 10**5000}", "[10**5000] * 3", "{'a': [{1: -(10**9000)}]}"])
def test_a_wrong_result_with_a_huge_number_in_it_fails_and_is_no_error(
    kitchen: Path, chefs: Run, value: str
) -> None:
    """Python refuses to write out integers of more than 4300 digits."""
    fill(kitchen, f"def double(number):\n    return {value}\n")
    done = chefs("check", "01")
    assert done.returncode == 1
    assert "0 of 10 points" in done.stdout


def on_a_terminal(start: Callable[..., subprocess.Popen[str]], env: dict[str, str]) -> str:
    """What `chefs check 02` writes to a real terminal."""
    ours, theirs = pty.openpty()
    process = start("check", "02", env=env, stdout=theirs, stderr=theirs)
    os.close(theirs)
    text = b""
    with open(ours, "rb", buffering=0) as terminal:
        while True:
            try:
                part = terminal.read(4096)
            except OSError:  # how Linux tells that the other end has been closed
                break
            if not part:
                break
            text += part
    assert process.wait() == 0
    return text.decode()


COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m|\x1b\[[0-9;]*38;")


@pytest.mark.parametrize(
    ("env", "coloured", "escapes"),
    [({}, True, True), ({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, False)],
    ids=["terminal", "NO_COLOR", "dumb"],
)
def test_colours_are_for_terminals_that_want_them(
    start: Callable[..., subprocess.Popen[str]], env: dict[str, str], coloured: bool, escapes: bool
) -> None:
    text = on_a_terminal(start, env)
    assert "3 of 3 points" in text
    assert bool(COLOUR.search(text)) == coloured
    assert ("\x1b" in text) == escapes
