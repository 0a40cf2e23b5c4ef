"""What the terminal shows: four parts at any width, and a student's words as text, never as orders."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import RenderableType

from manychefs.course import load_course
from manychefs.outputs import terminal
from manychefs.report import Check, Feedback, Kind, Machine, Report, Verdict, clean

COURSE = """\
title = "Two"
[[exercise]]
number = 1
slug = "one"
title = "The first"
concept = "C"
minutes = 1
points = 4
start_methods = ["fork"]
[[exercise.tasks]]
title = "T"
hints = ["a", "b", "c"]
"""

TOLD = Feedback(
    happened="count_up(processes=2, increments=3) returned 5, not 6, in run 7 of 12, under fork.",
    cause="A lost update: two processes read the same number and both wrote the same result back.",
    evidence=["results of 7 runs: 6 (6x), 5 (1x)", "tally.py:12 in add:  tally.value += 1"],
    next_step="Hold the tally's own lock around the read and the write together (task 2).",
)


@pytest.fixture(autouse=True)
def _no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment of who runs the tests says."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def shown(part: RenderableType, width: int = 80) -> str:
    """A part as the kit's own console gives it to a terminal of this width."""
    console = terminal.console()
    console.file = text = io.StringIO()
    console.width = width
    console.print(part)
    return text.getvalue()


def check(
    verdict: Verdict, told: Feedback | None = None, earned: float = 0, kind: Kind = "correctness"
) -> Check:
    return Check(
        name="test_it", title="It adds up", kind=kind, points=4, verdict=verdict, earned=earned, feedback=told
    )


def report(*checks: Check) -> Report:
    return Report(
        student="ada",
        exercise="01_one",
        title="The first",
        submission="one.py",
        checks=list(checks),
        machine=Machine(python="3", platform="Linux", cores=2),
        engine="0",
        confinement="none",
        seconds=1.5,
    )


def right_column(text: str) -> str:
    """What stands beside the parts' names, joined: the words as they were before they were folded."""
    indent = 11 + len("What happened") + 2
    return "".join(line[indent:].strip() for line in text.splitlines()).replace(" ", "")


@pytest.mark.parametrize("width", [80, 40])
def test_the_four_parts_are_all_there_at_any_usual_width(width: int) -> None:
    text = shown(terminal.feedback(TOLD), width)
    assert [name for name in terminal.PARTS if name in text] == list(terminal.PARTS)
    assert all(len(line) <= width for line in text.splitlines())
    for part in (TOLD.happened, TOLD.cause, *TOLD.evidence, TOLD.next_step):
        assert part.replace(" ", "") in right_column(text)


def test_a_part_that_is_empty_is_left_out() -> None:
    text = shown(terminal.feedback(Feedback(happened="It broke.", next_step="Mend it.")))
    assert "Likely cause" not in text
    assert "Evidence" not in text
    assert "It broke." in text
    assert "Mend it." in text


@pytest.mark.parametrize(
    "words_of_a_student",
    [
        "[bold red]passed[/] [link=file:///x]here[/link]",
        "[/]",
        "list[int], values[0]",
        ":fire: :smile:",
        "https://example.org 42 'text'",
        "\\[escaped]",
    ],
)
def test_a_students_words_are_no_markup(words_of_a_student: str) -> None:
    told = Feedback(
        happened=words_of_a_student, cause=words_of_a_student, evidence=[words_of_a_student], next_step="n"
    )
    text = shown(terminal.check(check(Verdict.FAILED, told), set()))
    assert text.count(words_of_a_student) == 3


@pytest.mark.parametrize("words_of_a_student", ["[bold]loud[/bold] 42 'text' https://example.org :fire:"])
def test_the_console_itself_takes_plain_strings_as_they_are(
    capsys: pytest.CaptureFixture[str], words_of_a_student: str
) -> None:
    terminal.console().print(words_of_a_student, soft_wrap=True)
    assert capsys.readouterr().out == words_of_a_student + "\n"


def test_a_cleaned_escape_reaches_the_terminal_as_visible_text() -> None:
    told = Feedback(happened=clean("\x1b[2J\x1b[1;1H 4/4 \r passed"))
    text = shown(terminal.feedback(told))
    assert "\x1b" not in text
    assert "\\x1b[2J\\x1b[1;1H 4/4 \\r passed" in text


def test_control_characters_in_a_students_name_cannot_move_the_cursor(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text(COURSE)
    exercises = load_course(tmp_path).exercises
    text = shown(terminal.class_table("Two", {"ada\x1b[2J\rben": {}}, exercises))
    assert "\x1b" not in text
    assert "\r" not in text
    assert "ada\\x1b[2J\\rben" in text


def test_control_characters_in_a_path_cannot_move_the_cursor(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text(COURSE)
    (exercise,) = load_course(tmp_path).exercises
    assert "\x1b" not in shown(terminal.heading(exercise, "class/\x1b[2Jada/one.py"))


@pytest.mark.parametrize(
    ("verdict", "earned", "kind", "line"),
    [
        (Verdict.PASSED, 4, "correctness", "✓   4/4  It adds up"),
        (Verdict.FAILED, 0, "races", "✗   0/4  It adds up  (races)"),
        (Verdict.FAILED, 1.5, "tests", "✗ 1.5/4  It adds up  (tests)"),
        (Verdict.INCONCLUSIVE, 0, "speedup", "?   -/4  It adds up  (speedup, inconclusive)"),
        (Verdict.ERROR, 0, "correctness", "!   -/4  It adds up  (error)"),
    ],
)
def test_a_checks_line_has_sign_points_title_and_kind(
    verdict: Verdict, earned: float, kind: Kind, line: str
) -> None:
    assert terminal.check_line(check(verdict, earned=earned, kind=kind)).plain == f"  {line}"


def test_the_same_feedback_is_told_once() -> None:
    seen: set[str] = set()
    first = shown(terminal.check(check(Verdict.FAILED, TOLD), seen))
    second = shown(terminal.check(check(Verdict.FAILED, TOLD), seen))
    assert "Evidence" in first
    assert "As above." in second
    assert "Evidence" not in second
    other = Feedback(happened="Something else.")
    assert "Something else." in shown(terminal.check(check(Verdict.FAILED, other), seen))


def test_a_check_that_passed_shows_its_note_alone() -> None:
    told = Feedback(happened="1.9 times as fast.", evidence=["figures"])
    text = shown(terminal.check(check(Verdict.PASSED, told, 4), set()))
    assert "1.9 times as fast." in text
    assert "figures" not in text


def test_the_ending_has_the_score_and_the_way_on() -> None:
    text = shown(terminal.ending(report(check(Verdict.FAILED, TOLD)), stub=False))
    assert "0 of 4 points" in text
    assert "1.5 s, 2 cores, confinement: none" in text
    assert "exercises/01_one/README.md" in text
    assert "chefs hint 01" in text
    assert "Red at the start" not in text


def test_the_ending_of_a_stub_says_that_red_is_right_and_that_of_a_pass_says_no_more() -> None:
    assert "Red at the start" in shown(terminal.ending(report(check(Verdict.FAILED, TOLD)), stub=True))
    assert "hint" not in shown(terminal.ending(report(check(Verdict.PASSED, None, 4)), stub=False))


@pytest.mark.parametrize("width", [80, 40])
def test_the_table_of_a_class_has_marks_missing_and_totals(tmp_path: Path, width: int) -> None:
    (tmp_path / "course.toml").write_text(COURSE)
    exercises = load_course(tmp_path).exercises
    rows = {
        "ada": {"01_one": report(check(Verdict.PASSED, None, 4), check(Verdict.FAILED, TOLD))},
        "ben": {"01_one": None},
        "cleo": {"01_one": report(check(Verdict.PASSED, None, 4), check(Verdict.INCONCLUSIVE))},
        "[bold]dan": {"01_one": report(check(Verdict.ERROR))},
    }
    text = shown(terminal.class_table("Two [dishes]", rows, exercises), width)
    found = {line.split("│")[1].strip(): line for line in text.splitlines() if line.count("│") == 4}
    assert "4/8 ✗" in found["ada"]
    assert "missing" in found["ben"]
    assert "4/4 ?" in found["cleo"]
    assert "0/0 !" in found["[bold]dan"]
    assert found["ada"].split()[-2] == "4"


def test_colours_are_there_for_a_terminal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    line = terminal.check_line(check(Verdict.FAILED))
    assert "\x1b" not in shown(line)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31m" in shown(line)
