"""What is kept in `.chefs`: reports with digests, the record, copies; and that none of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from manychefs.course import Course, Exercise, load_course
from manychefs.errors import OutputError
from manychefs.outputs import progress as kept
from manychefs.outputs.progress import Progress, bar, digests_of, standings
from manychefs.report import Check, Feedback, Machine, Report, Verdict

GRADER = "def test_nothing(): pass\n"


def report(*verdicts: Verdict, happened: str = "it is wrong") -> Report:
    checks = [
        Check(
            name=f"test_{number}",
            title=f"Check {number}",
            kind="correctness",
            points=2,
            verdict=verdict,
            earned=2 if verdict is Verdict.PASSED else 0,
            feedback=None if verdict is Verdict.PASSED else Feedback(happened=happened),
        )
        for number, verdict in enumerate(verdicts)
    ]
    machine = Machine(python="3.11", platform="Linux", cores=2)
    return Report(
        student="", exercise="01_tally", title="", submission="", checks=checks, machine=machine,
        engine="0", confinement="none",
    )  # fmt: skip


@pytest.fixture
def course(tiny_course: Callable[..., Any]) -> Course:
    found: Course = tiny_course(GRADER).course
    return found


@pytest.fixture
def exercise(course: Course) -> Exercise:
    return course.exercises[0]


@pytest.fixture
def progress(course: Course) -> Progress:
    return Progress(course)


def keep(progress: Progress, course: Course, *verdicts: Verdict) -> Report:
    made = report(*verdicts)
    progress.keep(course.exercises[0], made, digests_of(course, course.exercises[0]))
    return made


# -- reports ----------------------------------------------------------------------------------


def test_a_report_is_there_again_and_current(progress: Progress, course: Course, exercise: Exercise) -> None:
    made = keep(progress, course, Verdict.PASSED, Verdict.FAILED)
    assert progress.current(exercise) == made
    assert (course.root / ".chefs" / "reports" / "01_tally.json").is_file()
    assert (course.root / ".chefs" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("changed", ["exercises/01_tally/tally.py", "graders/01_tally/test_tally.py"])
def test_a_changed_file_makes_it_the_last_one_but_not_current(
    progress: Progress, course: Course, exercise: Exercise, changed: str
) -> None:
    made = keep(progress, course, Verdict.PASSED)
    path = course.root / changed
    before = path.read_text()
    path.write_text(before + "\n")
    assert progress.current(exercise) is None
    assert progress.last(exercise) is not None
    path.write_text(before)
    assert progress.current(exercise) == made


def test_so_does_another_entry_in_the_manifest(progress: Progress, course: Course) -> None:
    keep(progress, course, Verdict.PASSED)
    manifest = course.root / "course.toml"
    manifest.write_text(manifest.read_text().replace("seconds = 2.0", "seconds = 3.0"))
    other = load_course(course.root)
    assert Progress(other).current(other.exercises[0]) is None


def test_so_does_another_engine(
    progress: Progress, course: Course, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(progress, course, Verdict.PASSED)
    monkeypatch.setattr(kept, "_engine", lambda: "another")
    assert progress.current(exercise) is None


def test_a_file_saved_while_it_was_graded_has_no_current_report(
    progress: Progress, course: Course, exercise: Exercise
) -> None:
    before = digests_of(course, exercise)
    course.stub(exercise).write_text("answer = 2\n")
    progress.keep(exercise, report(Verdict.PASSED), before)
    assert progress.last(exercise) is not None
    assert progress.current(exercise) is None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b'{"schema": "another"}'])
def test_a_report_that_cannot_be_read_is_none(
    progress: Progress, course: Course, exercise: Exercise, data: bytes
) -> None:
    keep(progress, course, Verdict.PASSED)
    (progress.folder / "reports" / "01_tally.json").write_bytes(data)
    assert progress.last(exercise) is None
    assert standings(course)[0].passed  # the record still knows


def test_what_cannot_be_written_is_told_and_what_was_there_stays(
    progress: Progress, course: Course, exercise: Exercise
) -> None:
    made = keep(progress, course, Verdict.FAILED)
    reports = progress.folder / "reports"
    reports.rename(progress.folder / "away")
    reports.write_text("a file where the folder belongs")
    with pytest.raises(OutputError) as raised:
        keep(progress, course, Verdict.PASSED)
    assert "progress could not be kept" in raised.value.feedback.happened
    reports.unlink()
    (progress.folder / "away").rename(reports)
    assert progress.current(exercise) == made


# -- the record -------------------------------------------------------------------------------


def test_passing_is_recorded_once_and_stays(progress: Progress, course: Course, exercise: Exercise) -> None:
    keep(progress, course, Verdict.FAILED)
    assert not progress.has_passed(exercise)
    keep(progress, course, Verdict.PASSED, Verdict.INCONCLUSIVE)
    keep(progress, course, Verdict.PASSED)
    keep(progress, course, Verdict.FAILED)
    assert [each.did for each in progress.events()] == ["passed"]
    assert progress.next_exercise() is None


@pytest.mark.parametrize("verdicts", [[Verdict.INCONCLUSIVE], [Verdict.PASSED, Verdict.ERROR]])
def test_what_shows_nothing_is_not_passed(
    progress: Progress, course: Course, exercise: Exercise, verdicts: list[Verdict]
) -> None:
    keep(progress, course, *verdicts)
    assert progress.next_exercise() == exercise


@pytest.mark.parametrize(
    "torn", [b'{"at":"2026', b"\xff", b'{"at":"x","exercise":"01_tally","did":"danced"}\n']
)
def test_a_line_without_an_end_costs_no_other(progress: Progress, exercise: Exercise, torn: bytes) -> None:
    progress.note(exercise, "hint", task=1, step=1)
    with (progress.folder / "record.jsonl").open("ab") as record:
        record.write(torn)
    progress.note(exercise, "hint", task=1, step=2)
    assert progress.hints(exercise) == {(1, 1), (1, 2)}


def test_copies_never_take_each_others_place(progress: Progress, exercise: Exercise) -> None:
    copies = [progress.keep_copy(exercise, text) for text in (b"one", b"two", b"three")]
    assert [path.read_bytes() for path in copies] == [b"one", b"two", b"three"]
    assert {path.parent for path in copies} == {progress.folder / "kept"}


# -- standings --------------------------------------------------------------------------------


def test_where_a_student_stands_is_said_in_words(
    progress: Progress, course: Course, exercise: Exercise
) -> None:
    def words() -> tuple[str, str]:
        (row,) = standings(course)
        return row.sign, row.words()

    assert words() == ("·", "not begun")
    keep(progress, course, Verdict.FAILED)
    progress.note(exercise, "hint", task=1, step=1)
    assert words() == ("✗", "begun, 1 hint")
    course.stub(exercise).write_text("answer = 2\n")
    assert words() == ("✗", "begun, changed since, 1 hint")
    keep(progress, course, Verdict.PASSED)
    progress.note(exercise, "gave-up")
    assert words() == ("✓", "passed, 1 hint, solution before passing")
    keep(progress, course, Verdict.FAILED)
    assert words() == ("✓", "passed before, not now, 1 hint, solution before passing")


def test_the_bar_is_neither_empty_nor_full_before_its_time() -> None:
    assert bar(0, 100, 8) == "░" * 8
    assert bar(1, 100, 8) == "█" + "░" * 7
    assert bar(99, 100, 8) == "█" * 7 + "░"
    assert bar(100, 100, 8) == "█" * 8
