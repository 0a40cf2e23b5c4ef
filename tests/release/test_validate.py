"""validate: a fit exercise passes, and each way of being unfit is found and named.

Trials are graded for real; where one submission shows a problem, only that one is graded.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from manychefs.batch.run import Job, Result, grade_many
from manychefs.course import Exercise as CourseExercise
from manychefs.course import StartMethod, load_course
from manychefs.grading.explorer import can_steer
from manychefs.release.stubs import write_stub
from manychefs.release.validate import Findings, Header, Role, Trial, in_turn, judge, plan, read_header
from manychefs.report import Check, Feedback, Kind, Machine, Report, Verdict

GRADER = '''\
import pytest


@pytest.mark.check(points=6)
def test_doubles(student):
    """It doubles

    Cause: the number is not doubled.
    """
    assert student.double(21) == 42


@pytest.mark.check(points=4)
def test_zero(student):
    """Zero stays zero

    Cause: zero is not doubled either.
    """
    assert student.double(0) == 0
'''

SOLUTION = """\
def double(number):
    # Task 1: return it twice.
    ### BEGIN SOLUTION
    return 2 * number
    ### END SOLUTION
"""

RIGHT = "def double(number):\n    return number + number\n"


def wrong(body: str, caught_by: str = "test_doubles", says: str = "not doubled", more: str = "") -> str:
    """A wrong answer with its header."""
    header = f'"""Wrong.\n\ncaught-by: {caught_by}\nsays: {says}\n{more}"""\n'
    return f"{header}\n\ndef double(number):\n    {body}\n"


WRONG = {
    "squared": wrong("return number ** 2"),
    "unchanged": wrong("return number"),
    "one_more": wrong("return 2 * number + (number == 0)", caught_by="test_zero"),
    "always_more": wrong("return 2 * number + 1", more="may-fail: test_zero\n"),
}


CHECKS = frozenset({"test_doubles", "test_zero"})


class Exercise:
    """A tiny exercise with all that validate asks for; tests spoil one thing of it."""

    def __init__(self, tiny: Any) -> None:
        self.course, self.exercise = tiny.course, tiny.exercise
        self.root = tiny.root
        self.folder = self.course.grader(self.exercise).parent
        self.write(self.course.solution(self.exercise), SOLUTION)
        self.write(self.course.lesson(self.exercise), "# The lesson\n")
        for name, source in WRONG.items():
            self.write(self.folder / "wrong" / f"{name}.py", source)
        write_stub(self.course, self.exercise)
        self.course.stub(self.exercise).with_name("tally.py.before-stubs").unlink()

    def write(self, path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def spoil(self, source: str) -> Path:
        """Put one more wrong answer there."""
        return self.write(self.folder / "wrong" / "another.py", source)

    def planned(self, thorough: bool = False) -> tuple[list[Trial], Findings]:
        findings = Findings(self.exercise)
        return plan(self.course, self.exercise, findings, thorough=thorough), findings

    def problems_of(self, path: Path, checks: frozenset[str] = CHECKS, thorough: bool = False) -> list[str]:
        """The problems that planning finds, and those of the submission at `path`, graded for real."""
        trials, findings = self.planned(thorough)
        findings.checks = checks  # as the solution's report has told by then
        (trial,) = [trial for trial in trials if trial.path == path]
        (result,) = grade_many(self.course, [trial.job], 1)
        judge(trial, result, findings)
        return findings.problems


@pytest.fixture
def fit(tiny_course: Callable[..., Any]) -> Exercise:
    return Exercise(tiny_course(GRADER))


def validate(root: Path, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """`chefs validate --json` on a course: its exit code and what it found."""
    command = [sys.executable, "-m", "manychefs", "--course", str(root), "validate", "--json", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


IMPORTS = """\
import pathlib

from manychefs.grading.outcome import CheckInconclusive
from manychefs.report import Feedback
"""
OPEN_AT_FIRST = """\


@pytest.mark.check(points=4, kind="speedup")
def test_fast(student):
    \"\"\"It is fast\"\"\"
    assert student.double(0) == 0, "Slow: zero was doubled by hand."
    with pathlib.Path(__file__).with_name("tried").open("ab") as tried:
        tried.write(b"x")
        tries = tried.tell()
    if tries <= {times}:
        raise CheckInconclusive(Feedback(happened="This machine could not show it."))
"""
RACES = """\


@pytest.mark.check(points=4, kind="races")
def test_every_order(interleavings):
    \"\"\"Twice, in every order\"\"\"
    interleavings.explore("double", 4).always(8, because="What comes out depends on the time.")
"""
LATE = """\
    import time
    began = time.monotonic_ns()
    sum(range(100_000))
    late = time.monotonic_ns() - began > 10_000
    return 2 * number + late"""  # a clock that a scheduler keeps stands still meanwhile


# -- the whole --------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_fit_exercise_passes(fit: Exercise) -> None:
    fit.write(fit.folder / "right" / "added.py", RIGHT)
    code, found = validate(fit.root)
    assert found == [
        {
            "exercise": "01_tally",
            "right": 2,
            "wrong": 4,
            "caught": 4,
            "not_here": 0,
            "again": 0,
            "problems": [],
        }
    ]
    assert code == 0


def test_the_command_ends_with_1_when_something_is_unfit(fit: Exercise) -> None:
    for path in fit.course.wrong_answers(fit.exercise):
        path.unlink()
    code, found = validate(fit.root)
    assert code == 1
    assert found[0]["right"] == 1
    (problem,) = found[0]["problems"]
    assert "0 known-wrong answers in graders/01_tally/wrong/" in problem
    assert "at least 4" in problem


# -- before anything runs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "code", "again"),
    [pytest.param(0, 0, 0, marks=pytest.mark.slow), (2, 0, 2), pytest.param(3, 1, 2, marks=pytest.mark.slow)],
)
def test_a_speedup_that_the_machine_left_open_is_measured_again(
    tiny_course: Callable[..., Any], times: int, code: int, again: int
) -> None:
    doubles = GRADER.partition("@pytest.mark.check(points=4)")[0].rstrip()
    fit = Exercise(tiny_course(IMPORTS + doubles + OPEN_AT_FIRST.format(times=times)))
    one_more = wrong("return 2 * number + (number == 0)", caught_by="test_fast", says="slow")
    always_more = wrong("return 2 * number + 1", more="may-fail: test_fast\n")
    fit.write(fit.folder / "wrong" / "one_more.py", one_more)
    fit.write(fit.folder / "wrong" / "always_more.py", always_more)
    ended, (found,) = validate(fit.root)
    assert (ended, found["again"]) == (code, again), found["problems"]
    assert (found["right"], found["caught"]) == (1 - code, 4), found["problems"]


def test_a_fit_exercise_has_nothing_wrong_in_its_files(fit: Exercise) -> None:
    trials, findings = fit.planned()
    assert findings.problems == []
    assert [trial.role for trial in trials] == ["solution", "stub", *["wrong"] * 4]


def test_a_stub_out_of_step_is_found(fit: Exercise) -> None:
    stub = fit.course.stub(fit.exercise)
    stub.write_text(stub.read_text() + "# edited\n")
    assert fit.planned()[1].problems == [f"{stub} is not in step with the solution: run `chefs stubs`."]


def test_a_stub_in_another_encoding_is_out_of_step_and_no_crash(fit: Exercise) -> None:
    stub = fit.course.stub(fit.exercise)
    stub.write_bytes("# café\n".encode("latin-1"))
    assert [str(stub) in problem for problem in fit.planned()[1].problems] == [True]


@pytest.mark.parametrize("wing", ["stub", "lesson", "grader", "solution"])
def test_a_missing_file_is_found(fit: Exercise, wing: str) -> None:
    path: Path = getattr(fit.course, wing)(fit.exercise)
    path.unlink()
    (problem,) = fit.planned()[1].problems
    assert str(path) in problem


def test_markers_that_do_not_fit_are_found(fit: Exercise) -> None:
    path = fit.course.solution(fit.exercise)
    path.write_text(SOLUTION.replace("    ### END SOLUTION\n", ""))
    (problem,) = fit.planned()[1].problems
    assert f"{path}:3" in problem


@pytest.mark.parametrize(
    ("count", "problems"), [(3, 1), (4, 0)], ids=["one too few wrong answers", "just enough"]
)
def test_too_few_wrong_answers_are_found(fit: Exercise, count: int, problems: int) -> None:
    for path in fit.course.wrong_answers(fit.exercise)[count:]:
        path.unlink()
    found = fit.planned()[1].problems
    assert len(found) == problems
    assert all("3 known-wrong answers" in problem for problem in found)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def double(number): ...\n", "caught-by"),
        ('"""Wrong.\n\ncaught-by: test_doubles\n"""\n', "says"),
        ('"""Wrong.\n\nsays: x\n"""\n', "caught-by"),
        ('"""Wrong.\n\ncaught-by:\nsays: x\n"""\n', "caught-by"),
    ],
    ids=["no header", "no says", "no caught-by", "caught-by what"],
)
def test_a_wrong_answer_without_its_header_is_found_and_not_tried(
    fit: Exercise, source: str, line: str
) -> None:
    path = fit.spoil(source)
    trials, findings = fit.planned()
    assert findings.problems == [f"{path}: its docstring has no line `{line}: …`."]
    assert path not in [trial.path for trial in trials]


def test_a_start_method_that_does_not_exist_is_found(fit: Exercise) -> None:
    path = fit.spoil(wrong("return number", more="under: frok\n"))
    (problem,) = fit.planned()[1].problems
    assert problem.startswith(f"{path}: `under: frok` is not a start method")
    assert "fork, spawn, forkserver" in problem


def test_a_wrong_answer_that_needs_more_cores_than_there_are_is_not_tried(
    fit: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fit.spoil(wrong("return number", more="cores: 2\n"))
    for cores, tried in ((1, False), (2, True)):
        monkeypatch.setattr("manychefs.release.validate.usable_cores", lambda cores=cores: cores)
        trials, findings = fit.planned()
        assert (path in [trial.path for trial in trials]) is tried
        assert findings.not_here == (not tried)
        assert findings.problems == []


def test_a_sample_is_the_same_for_the_same_seed_and_has_the_solution_and_the_stub(fit: Exercise) -> None:
    fit.write(fit.folder / "right" / "added.py", RIGHT)
    drawn = []
    for seed in (0, 0, 1, 2, 3):
        findings = Findings(fit.exercise)
        trials = plan(fit.course, fit.exercise, findings, seed, 2)
        assert [trial.role for trial in trials] == ["solution", "right", "stub", "wrong", "wrong"]
        assert (findings.wrong, findings.problems) == (2, [])
        drawn.append({trial.path.stem for trial in trials if trial.role == "wrong"})
    assert drawn[0] == drawn[1]
    assert len({frozenset(each) for each in drawn}) > 1


def test_exercises_take_turns_and_wrong_answers_come_first(fit: Exercise) -> None:
    first, second = fit.planned()[0], fit.planned()[0]
    fit.write(fit.folder / "right" / "added.py", RIGHT)
    third = fit.planned()[0]
    plans = [first, second, third]
    order = in_turn(plans)
    assert len(order) == 6 + 6 + 7
    assert [trial.role for trial in order[:12]] == ["wrong"] * 12
    assert "wrong" not in [trial.role for trial in order[12:]]
    taken = [
        next(at for at, each in enumerate(plans) if any(trial is one for one in each)) for trial in order
    ]
    assert taken[12:16] == [0, 1, 2, 0]
    for trials in plans:
        mine = [trial.path for trial in order if any(trial is one for one in trials)]
        wrong = [trial.path for trial in trials if trial.role == "wrong"]
        assert mine == wrong + [trial.path for trial in trials if trial.role != "wrong"]


def test_what_is_measured_comes_last() -> None:
    course = load_course(Path(__file__).parents[2])
    plans = [plan(course, each, Findings(each)) for each in course.select(["03", "04"])]
    order = in_turn(plans)
    measured = [trial for trial in order if trial.measured]
    assert order[-len(measured) :] == measured
    caught_by = {trial.header.caught_by for trial in measured if trial.header is not None}
    assert caught_by == {"test_faster_than_serial"}
    assert all(trial.job.exercise.name == "04_factorials" for trial in measured)
    assert {trial.role for trial in measured} == {"solution", "right", "stub", "wrong"}


def test_a_curve_is_drawn_of_the_solution_alone_and_it_is_measured_as_for_a_mark(fit: Exercise) -> None:
    fit.write(fit.folder / "right" / "added.py", RIGHT)
    trials, _ = fit.planned()
    assert {trial.role for trial in trials if trial.job.curves} == {"solution"}
    assert {trial.role for trial in trials if not trial.job.few_rounds} == {"solution"}


@pytest.mark.parametrize(("thorough", "schedules"), [(False, 7), (True, 13)])
def test_other_right_answers_than_the_solution_explore_a_part_of_the_orders(
    fit: Exercise, thorough: bool, schedules: int
) -> None:
    fit.write(fit.folder / "right" / "added.py", RIGHT)
    fit.exercise = msgspec.structs.replace(fit.exercise, schedules=25)
    for trial in fit.planned(thorough)[0]:
        assert trial.job.exercise.schedules == (schedules if trial.role == "right" else 25)


def test_of_a_wrong_answer_the_check_that_catches_it_is_sought(fit: Exercise) -> None:
    for trial in fit.planned()[0]:
        assert trial.job.sought == (trial.header.caught_by if trial.header is not None else "")


@pytest.mark.parametrize(("more", "methods"), [("", ("fork",)), ("under: spawn\n", ("spawn",))])
def test_a_wrong_answer_is_tried_under_the_method_that_its_header_names(
    fit: Exercise, more: str, methods: tuple[str, ...]
) -> None:
    path = fit.spoil(wrong("return number", more=more))
    (trial,) = [trial for trial in fit.planned()[0] if trial.path == path]
    assert trial.job.methods == methods


# -- what the trials show ---------------------------------------------------------------------


def test_a_check_that_catches_no_wrong_answer_is_found(fit: Exercise) -> None:
    assert fit.problems_of(fit.course.solution(fit.exercise)) == []
    one_more = fit.folder / "wrong" / "one_more.py"
    one_more.write_text(one_more.read_text().replace("caught-by: test_zero", "caught-by: test_doubles"))
    (problem,) = fit.problems_of(fit.course.solution(fit.exercise))
    assert "no wrong answer is caught by test_zero" in problem


def test_a_solution_that_is_red_is_found(fit: Exercise) -> None:
    path = fit.course.solution(fit.exercise)
    path.write_text(SOLUTION.replace("2 * number", "3 * number"))
    (problem,) = fit.problems_of(path)
    assert problem.startswith(f"{path}: test_doubles is failed: ")
    assert "63" in problem


def test_a_right_answer_that_is_red_is_found(fit: Exercise) -> None:
    path = fit.write(fit.folder / "right" / "another.py", RIGHT.replace("+ number", "+ 1"))
    assert [problem.split(" is failed")[0] for problem in fit.problems_of(path)] == [
        f"{path}: test_doubles",
        f"{path}: test_zero",
    ]


def test_points_that_differ_from_the_manifest_are_found(fit: Exercise) -> None:
    fit.course.grader(fit.exercise).write_text(GRADER.replace("points=4", "points=3.5"))
    path = fit.course.solution(fit.exercise)
    assert fit.problems_of(path) == [f"{path}: its checks have 9.5 points, course.toml says 10."]


def test_a_stub_that_is_of_no_help_is_found(fit: Exercise) -> None:
    fit.course.solution(fit.exercise).write_text(SOLUTION)
    stub = fit.course.stub(fit.exercise)
    stub.write_text("def double(number):\n    return None\n")
    found = fit.problems_of(stub)
    assert len(found) == 3  # out of step, and two checks that do not help
    for name, problem in zip(("test_doubles", "test_zero"), found[1:], strict=True):
        assert problem.startswith(f"{stub}: {name} does not tell what to write: ")


def test_a_stub_that_passes_a_check_is_found(fit: Exercise) -> None:
    stub = fit.course.stub(fit.exercise)
    stub.write_text(
        'def double(number):\n    if number:\n        raise NotImplementedError("task 1: x")\n    return 0\n'
    )
    assert fit.problems_of(stub)[1:] == [f"{stub}: the stub's test_zero is passed: "]


def test_a_wrong_answer_that_gets_through_is_found(fit: Exercise) -> None:
    path = fit.spoil(wrong("return 2 * number"))
    assert fit.problems_of(path) == [f"{path}: test_doubles should fail and is passed: "]


def test_a_wrong_answer_that_fails_for_another_reason_is_found(fit: Exercise) -> None:
    path = fit.spoil(wrong("return number", says="lost update"))
    (problem,) = fit.problems_of(path)
    assert problem.startswith(f"{path}: test_doubles fails, but does not say 'lost update': ")
    assert "21" in problem


def test_a_word_in_other_letters_is_the_same_word(fit: Exercise) -> None:
    assert fit.problems_of(fit.spoil(wrong("return number", says="NOT Doubled"))) == []


def test_a_wrong_answer_that_fails_another_check_too_is_found_by_a_thorough_validation(
    fit: Exercise,
) -> None:
    path = fit.spoil(wrong("return 2 * number + 1"))
    assert fit.problems_of(path) == []
    (problem,) = fit.problems_of(path, thorough=True)
    assert problem.startswith(f"{path}: test_zero should pass and is failed: ")


def test_the_command_is_thorough_when_told_to(fit: Exercise) -> None:
    fit.spoil(wrong("return 2 * number + 1"))
    code, found = validate(fit.root, "--thorough")
    assert code == 1
    (problem,) = found[0]["problems"]
    assert "another.py: test_zero should pass and is failed: " in problem


@pytest.mark.parametrize(
    ("stem", "thorough", "run"),
    [
        ("unchanged", False, ["test_doubles"]),
        ("unchanged", True, ["test_doubles", "test_zero"]),
        ("always_more", True, ["test_doubles"]),  # its header says that test_zero may fail
    ],
)
def test_which_checks_of_a_wrong_answer_are_run(
    fit: Exercise, stem: str, thorough: bool, run: list[str]
) -> None:
    trials, _ = fit.planned(thorough)
    (trial,) = [trial for trial in trials if trial.path.stem == stem]
    (result,) = grade_many(fit.course, [trial.job], 1)
    assert result.report is not None
    assert [check.name for check in result.report.checks] == run


def test_a_check_that_has_to_fail_is_run_whatever_may_fail(fit: Exercise) -> None:
    path = fit.spoil(wrong("return 2 * number + 1", more="may-fail: test_zero, test_doubles\n"))
    assert fit.problems_of(path, thorough=True) == []
    (trial,) = [trial for trial in fit.planned()[0] if trial.path == path]
    assert trial.job.without == {"test_zero"}


@pytest.mark.parametrize(
    ("caught_by", "may_fail"), [("test_nothing", ""), ("test_doubles", "may-fail: test_nothing\n")]
)
def test_a_header_that_names_no_check_is_found(fit: Exercise, caught_by: str, may_fail: str) -> None:
    path = fit.spoil(wrong("return number", caught_by, more=may_fail))
    assert fit.problems_of(path)[0] == f"{path}: its header names test_nothing, and there is no such check."


def test_what_cannot_be_graded_at_all_is_found(fit: Exercise) -> None:
    path = fit.folder / "wrong" / "another.py"
    path.symlink_to(fit.folder / "wrong" / "squared.py")
    (problem,) = fit.problems_of(path)
    assert problem.startswith(f"{path}: ")
    assert "cannot be graded" in problem


# -- headers, and what one core excuses -------------------------------------------------------


def test_a_header_is_read_from_the_docstring(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(wrong("pass", "test_a", "lost update", "may-fail: test_b, test_c,\n"))
    assert read_header(path) == Header("test_a", "lost update", frozenset({"test_b", "test_c"}))


def test_a_header_of_what_is_not_python_is_read_from_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("# caught-by: test_a\n# says: not valid Python\nint main() { return 42; }\n")
    assert read_header(path) == Header("test_a", "not valid Python", frozenset())


def problems_with(
    check: Check, exercise: CourseExercise, role: Role, header: Header | None, cores: int = 2
) -> list[str]:
    """The problems of a submission in whose report `check` stands alone."""
    machine = Machine(python="3", platform="Linux", cores=cores)
    report = Report(
        student="",
        exercise="01_tally",
        title="T",
        submission="s",
        checks=[check],
        machine=machine,
        engine="0",
        confinement="none",
    )
    job, findings = Job(exercise, Path("x.py")), Findings(exercise)
    judge(Trial(role, Path("x.py"), job, header), Result(job, report), findings)
    return findings.problems


@pytest.mark.parametrize(
    ("cores", "kind", "verdict", "problems"),
    [
        (1, "speedup", Verdict.INCONCLUSIVE, 0),
        (2, "speedup", Verdict.INCONCLUSIVE, 1),
        (1, "races", Verdict.INCONCLUSIVE, 1),
        (1, "speedup", Verdict.ERROR, 1),
    ],
)
def test_only_a_speedup_that_one_core_cannot_show_is_excused(
    fit: Exercise, cores: int, kind: Kind, verdict: Verdict, problems: int
) -> None:
    check = Check(name="test_doubles", title="T", kind=kind, points=10, verdict=verdict)
    check.feedback = Feedback(happened="Could not be shown.")
    answers: list[tuple[Role, Header | None]] = [
        ("solution", None),
        ("wrong", Header("test_doubles", "slow", frozenset())),
    ]
    for role, header in answers:
        assert len(problems_with(check, fit.exercise, role, header, cores)) == problems


@pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")
@pytest.mark.parametrize(
    ("schedules", "under", "where", "by_chance"),
    [
        (24, None, "run 1 of 2 with random pauses", True),
        (24, "fork", "run 2 of 2 with random pauses", True),
        (24, None, "schedule 13 of those explored", False),
        (24, "spawn", "run 1 of 1 with random pauses", False),  # nothing is steered under spawn
        (0, None, "run 1 of 2 with random pauses", False),
    ],
)
def test_a_race_that_only_luck_shows_is_a_problem(
    fit: Exercise, schedules: int, under: StartMethod | None, where: str, by_chance: bool
) -> None:
    check = Check(name="test_doubles", title="T", kind="races", points=10, verdict=Verdict.FAILED)
    check.feedback = Feedback(
        happened=f"double() returned 1, not 2, in {where}.", cause="An update was lost."
    )
    exercise = msgspec.structs.replace(fit.exercise, schedules=schedules, start_methods=["fork", "spawn"])
    found = problems_with(check, exercise, "wrong", Header("test_doubles", "lost", frozenset(), under))
    assert len(found) == by_chance
    if by_chance:
        assert "test_doubles fails by chance" in found[0]
        assert "more `schedules` in course.toml (24 now)" in found[0]


@pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")
@pytest.mark.parametrize(("schedules", "by_chance"), [(4, True), (0, False)])
def test_what_steering_misses_is_reported_where_there_is_steering(
    tiny_course: Callable[..., Any], schedules: int, by_chance: bool
) -> None:
    doubles = GRADER.partition("@pytest.mark.check(points=4)")[0].rstrip()
    fit = Exercise(tiny_course(doubles + RACES, schedules=schedules))
    more = "may-fail: test_doubles\n"
    late = wrong(LATE.lstrip(), caught_by="test_every_order", says="depends on the time", more=more)
    problems = fit.problems_of(fit.spoil(late), frozenset({"test_doubles", "test_every_order"}))
    assert len(problems) == by_chance, problems
    assert all("test_every_order fails by chance" in problem for problem in problems)
