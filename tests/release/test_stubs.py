"""Stubs: made from the solutions by their markers, and never at the cost of somebody's work."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from manychefs.course import Course, load_course
from manychefs.errors import CourseError, OutputError
from manychefs.release.stubs import make_stub, stub_of, write_stub

REPO = Path(__file__).parents[2]
HERE = Path("solutions/01_tally/tally.py")

SOLUTION = '''\
"""A tally."""


def answer():
    # Task 1: say 42.
    ### BEGIN SOLUTION
    number = 42
    ### END SOLUTION
    print("between")
    # Task 2: return it.
    ### BEGIN SOLUTION
    if number:
        return number
    ### END SOLUTION
'''

STUB = '''\
"""A tally."""


def answer():
    # Task 1: say 42.
    raise NotImplementedError("task 1: say 42.")
    print("between")
    # Task 2: return it.
    raise NotImplementedError("task 2: return it.")
'''


def told_by(solution: str) -> tuple[str, str]:
    """Cause and evidence of a solution whose markers do not fit together."""
    with pytest.raises(CourseError) as caught:
        make_stub(solution, HERE)
    assert str(HERE) in caught.value.feedback.happened
    return caught.value.feedback.cause, caught.value.feedback.evidence[0]


def test_each_block_becomes_one_raise_that_tells_its_task() -> None:
    assert make_stub(SOLUTION, HERE) == STUB


def test_a_block_keeps_its_indentation() -> None:
    solution = (
        "for _ in range(3):\n    while True:\n        # Task 7: stop\n        ### BEGIN SOLUTION\n"
        "        break\n        ### END SOLUTION\n"
    )
    stub = make_stub(solution, HERE)
    assert stub.splitlines()[-1] == '        raise NotImplementedError("task 7: stop")'
    ast.parse(stub)


@pytest.mark.parametrize(
    "task",
    ['say "no" twice', "it's one step", r"split at \n", 'end with a quote"', "{braces} and %s", "料理"],
)
def test_any_tasks_text_is_raised_as_it_is_written(task: str) -> None:
    stub = make_stub(f"# Task 1: {task}\n### BEGIN SOLUTION\npass\n### END SOLUTION\n", HERE)
    with pytest.raises(NotImplementedError) as caught:
        exec(compile(stub, "stub.py", "exec"))
    assert str(caught.value) == f"task 1: {task}"


def test_a_beginning_without_an_end_is_told_with_its_line() -> None:
    cause, where = told_by("# Task 1: x\n### BEGIN SOLUTION\npass\n")
    assert "a beginning without an end" in cause
    assert where == f"{HERE}:2"


def test_an_end_without_a_beginning_is_told_with_its_line() -> None:
    cause, where = told_by("# Task 1: x\npass\n### END SOLUTION\n")
    assert "an end without a beginning" in cause
    assert where == f"{HERE}:3"


def test_a_block_inside_a_block_is_told_with_its_line() -> None:
    cause, where = told_by("# Task 1: x\n### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n")
    assert "a block inside a block" in cause
    assert where == f"{HERE}:3"


def test_a_block_without_a_task_is_told_with_its_line() -> None:
    cause, where = told_by("x = 1\n### BEGIN SOLUTION\npass\n### END SOLUTION\n")
    assert "no task above" in cause
    assert where == f"{HERE}:2"


def test_a_solution_without_blocks_is_refused() -> None:
    assert "no SOLUTION block" in told_by("def answer():\n    return 42\n")[0]


def test_a_task_without_a_block_is_no_stub_either() -> None:
    """Else the solution would be given out as it is."""
    assert "no SOLUTION block" in told_by("# Task 1: say 42\ndef answer():\n    return 42\n")[0]


# -- on disk ----------------------------------------------------------------------------------


@pytest.fixture
def course(tiny_course) -> Course:
    """A tiny course with a solution, whose stub is still to be made."""
    course: Course = tiny_course("").course
    path = course.solution(course.exercises[0])
    path.parent.mkdir(parents=True)
    path.write_text(SOLUTION)
    course.stub(course.exercises[0]).unlink()
    return course


def beside_the_stub(course: Course) -> dict[str, str]:
    """The files in the stub's folder, with what is in them."""
    folder = course.stub(course.exercises[0]).parent
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_a_stub_is_written_and_then_unchanged(course: Course) -> None:
    (exercise,) = course.exercises
    assert write_stub(course, exercise) == "written"
    assert beside_the_stub(course) == {"tally.py": STUB}
    assert write_stub(course, exercise) == "unchanged"
    assert beside_the_stub(course) == {"tally.py": STUB}


def test_a_stub_that_somebody_has_filled_is_kept_beside_the_new_one(course: Course) -> None:
    (exercise,) = course.exercises
    write_stub(course, exercise)
    course.stub(exercise).write_text("my evening's work\n")
    assert write_stub(course, exercise) == "written, the old file kept as tally.py.before-stubs"
    assert beside_the_stub(course) == {"tally.py": STUB, "tally.py.before-stubs": "my evening's work\n"}


def test_a_second_run_over_new_work_loses_neither(course: Course) -> None:
    (exercise,) = course.exercises
    for work in ("monday's work\n", "tuesday's work\n"):
        course.stub(exercise).write_text(work)
        write_stub(course, exercise)
    texts = set(beside_the_stub(course).values())
    assert texts == {STUB, "monday's work\n", "tuesday's work\n"}


def test_a_stub_in_another_encoding_is_kept_byte_for_byte(course: Course) -> None:
    (exercise,) = course.exercises
    work = "# café\nx = 1\r\n".encode("latin-1")
    course.stub(exercise).write_bytes(work)
    assert "kept as" in write_stub(course, exercise)
    assert course.stub(exercise).read_text("utf-8") == STUB
    assert course.stub(exercise).with_name("tally.py.before-stubs").read_bytes() == work


def test_a_missing_solution_is_told_with_its_path(course: Course) -> None:
    (exercise,) = course.exercises
    course.solution(exercise).unlink()
    with pytest.raises(CourseError) as caught:
        stub_of(course, exercise)
    assert caught.value.feedback.evidence == [str(course.solution(exercise))]
    assert "01_tally has no solution" in caught.value.feedback.happened


def test_a_stub_that_cannot_be_written_leaves_what_was_there(course: Course) -> None:
    (exercise,) = course.exercises
    path = course.stub(exercise)
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(OutputError) as caught:
        write_stub(course, exercise)
    assert caught.value.exit_code == 3
    assert str(path) in caught.value.feedback.happened
    assert path.parent.read_text() == "a file where the folder should be"


# -- the real course --------------------------------------------------------------------------


def test_the_real_stubs_are_in_step_with_their_solutions() -> None:
    course = load_course(REPO)
    for exercise in course.exercises:
        stub = course.stub(exercise).read_text("utf-8")
        assert stub == stub_of(course, exercise), f"{exercise.name}: run `chefs stubs`"
        ast.parse(stub)


def test_the_real_stubs_show_nothing_of_the_solutions_and_name_every_task() -> None:
    course = load_course(REPO)
    for exercise in course.exercises:
        stub = stub_of(course, exercise)
        assert "SOLUTION" not in stub
        for number in range(1, len(exercise.tasks) + 1):
            assert f'raise NotImplementedError("task {number}: ' in stub, exercise.name
