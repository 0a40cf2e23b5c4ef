"""`chefs new exercise`: what it writes works, and nothing else is changed by it, also when it fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from manychefs.batch.run import grade_many
from manychefs.course import Course, load_course
from manychefs.errors import ChefsError, OutputError
from manychefs.release import new_exercise
from manychefs.release.new_exercise import create
from manychefs.release.validate import Findings, judge, plan


@pytest.fixture
def course(tiny_course: Callable[..., object]) -> Course:
    """A course of one exercise, 01_exercise."""
    return tiny_course("", slug="soup").course  # type: ignore[attr-defined,no-any-return]


def files(course: Course) -> dict[str, bytes]:
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for path in sorted(course.root.rglob("*"))
        if path.is_file()
    }


def test_it_is_listed_after_the_last_one_with_a_folder_in_each_wing(course: Course) -> None:
    before = files(course)
    written = create(course, "potatoes")
    renewed = load_course(course.root)
    assert [each.name for each in renewed.exercises] == ["01_soup", "02_potatoes"]
    after = files(renewed)
    assert {str(path.relative_to(course.root)) for path in written} == {
        name for name in after if before.get(name) != after[name]
    }
    assert before.keys() <= after.keys()
    exercise = renewed.find("potatoes")
    assert "raise NotImplementedError" in renewed.stub(exercise).read_text()
    assert len(renewed.wrong_answers(exercise)) == 4
    assert not any("$" in data.decode() for name, data in after.items() if "potatoes" in name)


@pytest.mark.slow
def test_it_is_fit_but_for_what_is_to_do(course: Course) -> None:
    create(course, "potatoes", 7)
    course = load_course(course.root)
    exercise = course.find("07")
    findings = Findings(exercise)
    trials = plan(course, exercise, findings)
    results = {id(result.job): result for result in grade_many(course, [each.job for each in trials], 2)}
    for trial in trials:
        judge(trial, results[id(trial.job)], findings)
    assert findings.problems
    assert [problem for problem in findings.problems if "TODO" not in problem] == []
    assert (findings.caught, findings.right) == (4, 1)


@pytest.mark.parametrize(
    ("slug", "number", "told"),
    [
        ("Potatoes", None, "is no name for an exercise"),
        ("2_potatoes", None, "is no name for an exercise"),
        ("../potatoes", None, "is no name for an exercise"),
        ("lambda", None, "is no name for an exercise"),
        ("soup", None, "an exercise with the slug 'soup' already"),
        ("potatoes", 1, "an exercise with the number 1 already"),
        ("potatoes", 100, "cannot have the number 100"),
        ("potatoes", 0, "cannot have the number 0"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    course: Course, slug: str, number: int | None, told: str
) -> None:
    before = files(course)
    with pytest.raises(ChefsError, match=told):
        create(course, slug, number)
    assert files(course) == before


def test_a_folder_that_is_there_is_not_written_over(course: Course) -> None:
    (course.root / "solutions" / "02_potatoes").mkdir(parents=True)
    (course.root / "solutions" / "02_potatoes" / "mine.py").write_text("kept")
    before = files(course)
    with pytest.raises(ChefsError, match="is there already"):
        create(course, "potatoes")
    assert files(course) == before


@pytest.mark.parametrize("fails", ["write_stub", "_filled"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device", "x"), KeyboardInterrupt()])
def test_it_is_written_whole_or_not_at_all(
    course: Course, monkeypatch: pytest.MonkeyPatch, fails: str, error: BaseException
) -> None:
    before = files(course)

    def break_off(*_: object) -> None:
        raise error

    monkeypatch.setattr(new_exercise, fails, break_off)
    with pytest.raises(OutputError if isinstance(error, OSError) else KeyboardInterrupt):
        create(course, "potatoes")
    assert files(course) == before


def test_the_last_number_leaves_no_place_behind_it(course: Course) -> None:
    create(course, "potatoes", 99)
    with pytest.raises(ChefsError, match="cannot have the number 100"):
        create(load_course(course.root), "rice")
    shutil.rmtree(course.root / "exercises" / "99_potatoes")
