"""course.toml: what is read, and that every mistake in it is told with file, key and expectation."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from manychefs.course import WINGS, Course, find_course_root, load_course
from manychefs.errors import ChefsError, CourseError
from manychefs.report import Feedback

REPO = Path(__file__).parents[2]

MANIFEST = """\
title = "Two dishes"

[[exercise]]
number = 2
slug = "second_dish"
title = "The second"
concept = "two things"
minutes = 20
points = 12
start_methods = ["fork", "spawn"]
repeats = { fork = 7 }
limits = { seconds = 3, memory_mb = 512, processes = 8 }

[[exercise.tasks]]
title = "Cook it"
hints = ["names", "idea", "code"]

[[exercise]]
number = 1
slug = "first_dish"
title = "The first"
concept = "one thing"
minutes = 10
points = 5
start_methods = ["spawn"]

[[exercise.tasks]]
title = "Wash it"
hints = ["names", "idea", "code"]
"""


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """A course.toml in `folder`: the one above, with each text changed once where it first stands."""
    text = MANIFEST
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "course.toml"
    path.write_text(text, "utf-8")
    return path


def refused(folder: Path) -> Feedback:
    """What is told about a course that cannot be loaded."""
    with pytest.raises(CourseError) as caught:
        load_course(folder)
    assert caught.value.exit_code == 2
    return caught.value.feedback


@pytest.fixture
def course(tmp_path: Path) -> Course:
    write(tmp_path)
    return load_course(tmp_path)


# -- what is read -----------------------------------------------------------------------------


def test_exercises_come_in_the_order_of_their_numbers(course: Course) -> None:
    assert [each.name for each in course.exercises] == ["01_first_dish", "02_second_dish"]


def test_an_exercise_has_its_files_under_one_name_in_each_wing(course: Course) -> None:
    exercise = course.find("2")
    paths = [
        course.stub(exercise),
        course.lesson(exercise),
        course.solution(exercise),
        course.grader(exercise),
    ]
    assert [str(path.relative_to(course.root)) for path in paths] == [
        "exercises/02_second_dish/second_dish.py",
        "exercises/02_second_dish/README.md",
        "solutions/02_second_dish/second_dish.py",
        "graders/02_second_dish/test_second_dish.py",
    ]


def test_limits_that_are_not_given_have_their_defaults(course: Course) -> None:
    first, second = course.exercises
    assert (second.limits.seconds, second.limits.memory_mb, second.limits.processes) == (3, 512, 8)
    assert (first.limits.seconds, first.limits.memory_mb, first.limits.processes) == (5, 1024, 64)


def test_the_first_method_repeats_as_often_as_the_most_repeated_one(course: Course) -> None:
    """So that a machine without fork repeats as often as one with it."""
    second = course.find("2")
    assert second.repeats_under("fork", first=True) == 7
    assert second.repeats_under("spawn", first=True) == 7
    assert second.repeats_under("spawn", first=False) == 1
    assert course.find("1").repeats_under("spawn", first=True) == 1


def test_wrong_answers_are_the_python_files_of_their_folder_in_order(course: Course) -> None:
    exercise = course.find("1")
    assert course.wrong_answers(exercise) == []
    folder = course.root / "graders" / exercise.name / "wrong"
    folder.mkdir(parents=True)
    for name in ("slow.py", "early.py", "notes.txt"):
        (folder / name).touch()
    assert [path.name for path in course.wrong_answers(exercise)] == ["early.py", "slow.py"]


def test_the_real_course_loads_and_all_its_files_are_there() -> None:
    course = load_course(REPO)
    for exercise in course.exercises:
        for path in (course.stub(exercise), course.solution(exercise), course.grader(exercise)):
            assert path.is_file(), f"missing: {path}"


def test_the_real_course_lists_every_folder_of_its_wings() -> None:
    course = load_course(REPO)
    listed = {exercise.name for exercise in course.exercises}
    there = {child.name for wing in WINGS for child in (REPO / wing).iterdir() if child.is_dir()}
    assert there == listed


# -- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "where", "unknown", "meant"),
    [
        (("title =", "titel ="), "top level", "titel", "title"),
        (("minutes =", "minuets ="), "exercise[0]", "minuets", "minutes"),
        (("memory_mb =", "memroy_mb ="), "exercise[0].limits", "memroy_mb", "memory_mb"),
        (("hints =", "hint ="), "exercise[0].tasks[0]", "hint", "hints"),
    ],
    ids=["course", "exercise", "limits", "task"],
)
def test_a_key_with_a_typo_is_named_and_the_right_one_suggested(
    tmp_path: Path, change: tuple[str, str], where: str, unknown: str, meant: str
) -> None:
    path = write(tmp_path, change)
    told = refused(tmp_path)
    assert str(path) in told.happened
    assert where in told.evidence[0]
    assert f"`{unknown}`" in told.evidence[0]
    assert repr(unknown) in told.cause
    assert told.next_step.startswith(f"Did you mean {meant!r}?")


def test_an_unknown_key_like_no_other_gets_the_list_of_known_ones(tmp_path: Path) -> None:
    write(tmp_path, ("points = 12", "points = 12\nxyzzy = 1"))
    told = refused(tmp_path)
    assert "'xyzzy'" in told.cause
    assert "Did you mean" not in told.next_step
    for key in ("number", "slug", "start_methods", "required_speedup", "limits", "tasks"):
        assert key in told.next_step


MISTAKES = {
    "points missing": (("points = 12\n", ""), "exercise[0]", "missing required field `points`"),
    "title missing": (('title = "Two dishes"\n', ""), "top level", "missing required field `title`"),
    "hints missing": (
        ('hints = ["names", "idea", "code"]', ""),
        "tasks[0]",
        "missing required field `hints`",
    ),
    "number is text": (("number = 2", 'number = "2"'), "exercise[0].number", "Expected `int`, got `str`"),
    "number too large": (("number = 2", "number = 100"), "exercise[0].number", "Expected `int` <= 99"),
    "no minutes": (("minutes = 20", "minutes = 0"), "exercise[0].minutes", "Expected `int` >= 1"),
    "points no integer": (("points = 12", "points = 1.5"), "exercise[0].points", "Expected `int`"),
    "title is a number": (('title = "The second"', "title = 7"), "exercise[0].title", "Expected `str`"),
    "title empty": (('title = "The second"', 'title = ""'), "exercise[0].title", "length >= 1"),
    "slug with a capital": (('"second_dish"', '"Second"'), "exercise[0].slug", "^[a-z][a-z0-9_]*$"),
    "two hints": (('"names", "idea", "code"', '"names", "code"'), "tasks[0].hints", "length >= 3"),
    "four hints": (('"names",', '"names", "more",'), "tasks[0].hints", "length <= 3"),
    "no start method": (('["fork", "spawn"]', "[]"), "exercise[0].start_methods", "length >= 1"),
    "no time at all": (("seconds = 3", "seconds = 0"), "exercise[0].limits.seconds", "> 0"),
    "no speedup": (
        ("points = 12", "points = 12\nrequired_speedup = 1"),
        "exercise[0].required_speedup",
        "> 1",
    ),
}


@pytest.mark.parametrize(("change", "key", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_wrong_value_is_told_with_file_key_and_expectation(
    tmp_path: Path, change: tuple[str, str], key: str, expected: str
) -> None:
    path = write(tmp_path, change)
    told = refused(tmp_path)
    (line, *_) = told.evidence
    assert line.startswith(f"{path}: ")
    assert key in line
    assert expected in line
    assert told.next_step


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('["fork", "spawn"]', '["frok", "spawn"]'), "exercise[0].start_methods"),
        (("fork = 7", "frok = 7"), "exercise[0].repeats"),
    ],
    ids=["listed", "repeated"],
)
def test_an_unknown_start_method_is_told_with_those_that_exist(
    tmp_path: Path, change: tuple[str, str], key: str
) -> None:
    path = write(tmp_path, change)
    told = refused(tmp_path)
    assert str(path) in told.happened
    assert key in told.text()
    assert "'frok'" in told.text()
    for method in ("fork", "spawn", "forkserver"):
        assert method in told.text().replace("'frok'", "")


def test_a_mistake_in_an_exercise_names_its_slug(tmp_path: Path) -> None:
    write(tmp_path, ("minutes = 10", "minutes = 0"))
    assert "'first_dish'" in refused(tmp_path).text()


def test_a_missing_slug_is_not_blamed_on_another_exercise(tmp_path: Path) -> None:
    write(tmp_path, ('slug = "second_dish"\n', ""))
    told = refused(tmp_path)
    assert "missing required field `slug`" in told.text()
    assert "'first_dish'" not in told.text()


def test_a_file_that_is_not_toml_is_told_with_the_line(tmp_path: Path) -> None:
    path = write(tmp_path, ('title = "Two dishes"', 'title = "Two dishes'))
    told = refused(tmp_path)
    assert told.happened == f"{path} is not valid TOML."
    assert "line 1" in told.evidence[0]


def test_a_file_that_is_not_utf8_is_told_with_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "course.toml"
    path.write_bytes(b'title = "Caf\xe9"\n')
    told = refused(tmp_path)
    assert str(path) in told.happened
    assert "not UTF-8" in told.evidence[0]
    assert "byte 12" in told.evidence[0]


def test_a_missing_manifest_is_told_with_its_path(tmp_path: Path) -> None:
    told = refused(tmp_path)
    assert str(tmp_path / "course.toml") in told.happened
    assert told.cause == os.strerror(2)
    assert "--course" in told.next_step


def test_a_course_without_exercises_is_refused(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('title = "Nothing"\nexercise = []\n')
    assert "length >= 1" in refused(tmp_path).text()


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        (("number = 1", "number = 2"), "number", "2"),
        (('"first_dish"', '"second_dish"'), "slug", "'second_dish'"),
    ],
)
def test_two_exercises_with_one_number_or_slug_are_refused(
    tmp_path: Path, change: tuple[str, str], key: str, value: str
) -> None:
    path = write(tmp_path, change)
    told = refused(tmp_path)
    assert str(path) in told.happened
    assert f"the same {key}" in told.happened
    assert told.evidence == [f"{key} = {value}: 'The second' and 'The first'"]


@pytest.mark.parametrize("wing", WINGS)
def test_a_folder_that_is_not_listed_is_refused(tmp_path: Path, wing: str) -> None:
    path = write(tmp_path)
    (tmp_path / wing / "01_first_dish").mkdir(parents=True)
    load_course(tmp_path)
    stray = tmp_path / wing / "03_third_dish"
    stray.mkdir()
    told = refused(tmp_path)
    assert str(stray) in told.happened
    assert str(path) in told.happened
    assert "01_first_dish, 02_second_dish" in told.evidence[0]


def test_folders_without_a_number_and_files_are_nobodys_business(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "graders" / "__pycache__").mkdir(parents=True)
    (tmp_path / "graders" / "03_notes.txt").touch()
    assert len(load_course(tmp_path).exercises) == 2


# -- finding an exercise ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["2", "02", "second_dish", "02_second_dish", "02_second_dish/", "exercises/02_second_dish/", " 02 "],
)
def test_an_exercise_is_found_by_number_slug_both_or_path(course: Course, name: str) -> None:
    assert course.find(name).slug == "second_dish"


@pytest.mark.parametrize(
    ("typo", "meant"), [("secnd_dish", "second_dish"), ("02_second_dihs", "02_second_dish")]
)
def test_a_misspelt_exercise_gets_the_nearest_name(course: Course, typo: str, meant: str) -> None:
    with pytest.raises(ChefsError) as caught:
        course.find(typo)
    assert caught.value.feedback.happened == f"There is no exercise called {typo!r}."
    assert repr(meant) in caught.value.feedback.cause
    assert str(course.root / "course.toml") in caught.value.feedback.evidence[0]


@pytest.mark.parametrize("name", ["7", "", "/", "xyz", "0"])
def test_a_name_like_no_other_is_told_where_the_names_stand(course: Course, name: str) -> None:
    with pytest.raises(ChefsError) as caught:
        course.find(name)
    assert "01_first_dish to 02_second_dish" in caught.value.feedback.text()
    assert "chefs list" in caught.value.feedback.next_step


def test_select_gives_all_or_each_once_in_the_order_asked(course: Course) -> None:
    assert course.select([]) == course.exercises
    assert [each.number for each in course.select(["second_dish", "1", "02", "01_first_dish"])] == [2, 1]


# -- finding the course -----------------------------------------------------------------------


def test_the_course_is_found_upward(tmp_path: Path) -> None:
    write(tmp_path)
    deep = tmp_path / "exercises" / "01_first_dish"
    deep.mkdir(parents=True)
    assert find_course_root(deep) == tmp_path.resolve()
    assert find_course_root(tmp_path) == tmp_path.resolve()


def test_the_nearest_course_wins(tmp_path: Path) -> None:
    write(tmp_path)
    inner = tmp_path / "inner"
    inner.mkdir()
    write(inner)
    assert find_course_root(inner) == inner.resolve()


def test_the_current_folder_is_where_the_search_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert find_course_root() == tmp_path.resolve()


def test_manychefs_course_is_what_the_search_falls_back_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("course", "elsewhere", "nearer"):
        (tmp_path / name).mkdir()
    write(tmp_path / "course")
    monkeypatch.setenv("MANYCHEFS_COURSE", str(tmp_path / "course"))
    assert find_course_root(tmp_path / "elsewhere") == (tmp_path / "course").resolve()
    write(tmp_path / "nearer")
    assert find_course_root(tmp_path / "nearer") == (tmp_path / "nearer").resolve()


@pytest.mark.parametrize("value", ["", "nowhere"])
def test_no_course_at_all_is_told_with_where_was_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("MANYCHEFS_COURSE", value and str(tmp_path / value))
    with pytest.raises(CourseError) as caught:
        find_course_root(tmp_path)
    assert str(tmp_path.resolve()) in caught.value.feedback.evidence[0]
    assert "--course" in caught.value.feedback.next_step
