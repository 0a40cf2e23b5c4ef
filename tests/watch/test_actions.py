"""Hints, reset and solution: one step at a time, nothing lost, nothing given away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.course import Course
from manychefs.errors import ChefsError, CourseError, OutputError
from manychefs.outputs.progress import Progress
from manychefs.report import Check, Feedback, Machine, Report, Verdict
from manychefs.watch import actions

Save = Callable[..., Path]


def test_hints_come_one_at_a_time_and_each_once(kitchen: Course) -> None:
    progress, exercise = Progress(kitchen), kitchen.find("01")
    seen = []
    while (hint := actions.next_hint(progress, exercise, None)) is not None:
        progress.note(exercise, "hint", task=hint.task, step=hint.step)
        seen.append((hint.task, hint.step, hint.text))
    assert [each[:2] for each in seen] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    assert seen[0][2] == "who doubles"


@pytest.mark.parametrize("told", ["Think again (task 2).", "double is not written yet: Task 2: then."])
def test_the_first_hint_is_of_the_task_that_the_feedback_names(kitchen: Course, told: str) -> None:
    progress, exercise = Progress(kitchen), kitchen.find("01")
    check = Check(
        name="test_right", title="It is right", kind="correctness", points=1, verdict=Verdict.FAILED,
        feedback=Feedback(happened="It is wrong.", next_step=told),
    )  # fmt: skip
    report = Report(
        student="", exercise=exercise.name, title="", submission="", checks=[check], engine="0",
        machine=Machine(python="3", platform="Linux", cores=2), confinement="none",
    )  # fmt: skip
    hint = actions.next_hint(progress, exercise, report)
    assert hint is not None
    assert (hint.task, hint.step) == (2, 1)


def test_a_reset_keeps_what_was_there(kitchen: Course, save: Save, answers: dict[str, str]) -> None:
    progress, exercise = Progress(kitchen), kitchen.find("01")
    stub = kitchen.stub(exercise).read_text()
    assert actions.reset(kitchen, progress, exercise) is None
    path = save("01", answers["wrong"])
    path.chmod(0o640)
    copy = actions.reset(kitchen, progress, exercise)
    assert copy is not None
    assert copy.read_text() == answers["wrong"]
    assert path.read_text() == stub
    assert path.stat().st_mode & 0o777 == 0o640
    assert [(each.did, each.kept) for each in progress.events(exercise)] == [("reset", copy.name)]


def test_a_file_that_is_gone_comes_back(kitchen: Course) -> None:
    progress, exercise = Progress(kitchen), kitchen.find("01")
    stub = kitchen.stub(exercise).read_text()
    kitchen.stub(exercise).unlink()
    assert actions.reset(kitchen, progress, exercise) is None
    assert kitchen.stub(exercise).read_text() == stub


def test_without_a_place_for_the_copy_nothing_is_put_back(
    kitchen: Course, save: Save, answers: dict[str, str]
) -> None:
    progress, exercise = Progress(kitchen), kitchen.find("01")
    path = save("01", answers["wrong"])
    progress.folder.mkdir()
    (progress.folder / "kept").write_text("a file where the folder belongs")
    with pytest.raises(OutputError):
        actions.reset(kitchen, progress, exercise)
    assert path.read_text() == answers["wrong"]


def test_a_release_without_solutions_resets_from_its_stub(
    kitchen: Course, save: Save, answers: dict[str, str]
) -> None:
    progress, exercise = Progress(kitchen), kitchen.find("01")
    stub = kitchen.stub(exercise).read_text()
    kitchen.solution(exercise).unlink()
    path = save("01", answers["wrong"])
    with pytest.raises(ChefsError, match="its file as it was given out is not there"):
        actions.reset(kitchen, progress, exercise)
    assert path.read_text() == answers["wrong"]
    kitchen.grader(exercise).with_name("stub.py").write_text(stub)
    assert actions.reset(kitchen, progress, exercise) is not None
    assert path.read_text() == stub


def test_a_solution_with_broken_markers_is_told(kitchen: Course) -> None:
    exercise = kitchen.find("01")
    kitchen.solution(exercise).write_text("### BEGIN SOLUTION\n")
    with pytest.raises(CourseError, match="markers"):
        actions.reset(kitchen, Progress(kitchen), exercise)


def test_the_solution_is_shown_after_passing_or_to_whoever_gives_up(kitchen: Course) -> None:
    progress, first, second = Progress(kitchen), kitchen.find("01"), kitchen.find("02")
    with pytest.raises(ChefsError, match="once you have passed"):
        actions.solution(kitchen, progress, first)
    assert progress.events() == []
    progress.note(first, "passed")
    text = actions.solution(kitchen, progress, first)
    assert "return number * 2" in text
    assert "###" not in text
    assert "return number // 2" in actions.solution(kitchen, progress, second, give_up=True)
    actions.solution(kitchen, progress, second)
    did = [(each.exercise, each.did) for each in progress.events()]
    assert did == [
        ("01_doubles", "passed"),
        ("01_doubles", "solution"),
        ("02_halves", "gave-up"),
        ("02_halves", "solution"),
    ]


def test_a_release_without_solutions_says_so_and_records_no_giving_up(kitchen: Course) -> None:
    progress, exercise = Progress(kitchen), kitchen.find("01")
    kitchen.solution(exercise).unlink()
    with pytest.raises(ChefsError, match="has no solution"):
        actions.solution(kitchen, progress, exercise, give_up=True)
    assert progress.events() == []
