"""A grader may hang, crash or be killed: the other checks keep their verdicts, and nobody pays for it."""

from __future__ import annotations

import subprocess
import threading
import time
from typing import Any

import pytest

from manychefs.course import load_course
from manychefs.errors import ChefsError, SubmissionError
from manychefs.grading import supervisor
from manychefs.report import Check, Report, Verdict
from manychefs.sandbox import choice, tree

P, F, E = Verdict.PASSED, Verdict.FAILED, Verdict.ERROR


def checks(*bodies: str) -> str:
    return "import os, pathlib, pytest\n" + "".join(
        f'\n@pytest.mark.check(points=1)\ndef test_{number}(student):\n    """Check {number}"""\n    {body}\n'
        for number, body in enumerate(bodies, 1)
    )


def five(fourth: str = "ok") -> str:
    names = ["ok", "ok", "ok", fourth, "ok"]
    return checks(*(f"assert student.{name}() == 42" for name in names))


OK = "def ok():\n    return 42\n"
HANGS = OK + "def hangs():\n    while True: pass\n"
KILLS_ITS_GRADER = (
    OK
    + """
import os, signal, time
def kills():
    with open(f'/proc/{os.getppid()}/stat') as file:
        grader = int(file.read().rpartition(')')[2].split()[1])
    os.kill(grader, signal.SIGKILL)
    time.sleep(600)
"""
)


MARK = "mark = pathlib.Path(__file__).with_name('mark')"  # there from the second try on


def verdicts(report: Report) -> list[Verdict]:
    return [check.verdict for check in report.checks]


def test_a_report_says_what_was_graded_with_what(tiny_course):
    course = tiny_course(checks("assert student.ok() == 42", "assert student.ok() == 1"))
    report = course.grade(OK, student="ada")
    assert (report.student, report.exercise, report.title) == ("ada", "01_tally", "A tiny exercise")
    assert (report.score, report.points, report.verdict) == (1, 2, F)
    assert report.confinement == choice.choose()
    assert report.machine.cores >= 1
    assert report.seconds > 0
    assert Report.from_json(report.to_json()) == report


@pytest.mark.slow
def test_a_hang_in_the_fourth_of_five_checks_costs_that_check_alone(tiny_course):
    """And no longer than its own limit and a second, over what the same checks take without it."""
    seconds = 1.0
    course = tiny_course(five("hangs"), seconds=seconds)
    # A busy machine can make one grading of a few late; nothing makes one early.
    for _ in range(4):
        calm = course.grade(HANGS.replace("while True: pass", "return 42"))
        hung = course.grade(HANGS)
        if hung.seconds < calm.seconds + seconds + 1:
            break
    assert verdicts(calm) == [P] * 5
    assert verdicts(hung) == [P, P, P, F, P]
    assert hung.checks[3].evidence is not None
    assert hung.checks[3].feedback is not None
    assert "had not returned after 1 s" in hung.checks[3].feedback.happened
    assert hung.seconds < calm.seconds + seconds + 1


def test_checks_are_told_as_they_end_and_in_order(tiny_course):
    told: list[Check] = []
    report = tiny_course(five()).grade(OK, on_check=told.append)
    assert [check.name for check in told] == [f"test_{number}" for number in range(1, 6)]
    assert told == report.checks


def test_a_submission_that_kills_its_grader_is_tried_twice_and_is_an_error(tiny_course):
    """Where nothing keeps it from doing so."""
    course = tiny_course(five("kills"))
    told: list[Check] = []
    report = course.grade(KILLS_ITS_GRADER, on_check=told.append, confinement="none")
    assert verdicts(report) == [P, P, P, E, P]
    feedback = report.checks[3].feedback
    assert feedback is not None
    assert "ended before it had a verdict" in feedback.happened
    assert sorted(check.name for check in told) == [check.name for check in report.checks], "each told once"


def test_a_grader_that_died_once_is_only_a_second_try(tiny_course):
    """The machine's fault, say: the check gets the verdict of the second try, and none is lost."""
    once = f"{MARK}; mark.exists() or (mark.touch(), os.kill(os.getpid(), 9))"
    course = tiny_course(checks("assert student.ok() == 42", once, "assert student.ok() == 42"))
    assert verdicts(course.grade(OK)) == [P, P, P]


def test_a_mistake_of_the_grader_is_tried_twice_and_then_an_error(tiny_course):
    body = "os.mkdir(f'{__file__}-tried-{os.getpid()}'); {}['oops']"
    course = tiny_course(checks("pass", body, "pass"))
    told: list[Check] = []
    report = course.grade(OK, on_check=told.append)
    assert verdicts(report) == [P, E, P]
    assert len(told) == 3
    assert report.checks[1].earned == 0
    assert report.verdict is E
    assert len(list(course.grader.parent.glob("*-tried-*"))) == 2
    feedback = report.checks[1].feedback
    assert feedback is not None
    assert "KeyError: 'oops'" in feedback.text()


def test_a_mistake_that_goes_away_is_no_error(tiny_course):
    once = f"{MARK}; mark.exists() or (mark.touch(), {{}}['oops'])"
    assert verdicts(tiny_course(checks("pass", once)).grade(OK)) == [P, P]


@pytest.mark.parametrize(
    "grader",
    [
        "def test_(:\n",
        "import no_such_module\n",
        "raise RuntimeError('no')\n",
        "",
        "def test_plain(): pass\n",
    ],
)
def test_a_grader_that_has_no_checks_to_give_is_the_courses_mistake(tiny_course, grader):
    course = tiny_course(grader)
    with pytest.raises(ChefsError) as refused:
        course.grade(OK)
    assert "test_tally.py" in refused.value.feedback.text()


def test_a_grader_that_is_missing_is_the_courses_mistake(tiny_course):
    course = tiny_course("")
    course.grader.unlink()
    with pytest.raises(ChefsError, match="has no grader"):
        course.grade(OK)


def test_a_submission_that_is_missing_is_told_before_anything_is_started(tiny_course):
    course = tiny_course(five())
    from manychefs.grading.supervisor import grade

    with pytest.raises(SubmissionError):
        grade(course.course, course.exercise, course.root / "nowhere.py")


def test_configuration_lying_about_changes_no_mark(tiny_course):
    """Neither beside the submission nor beside the grader."""
    course = tiny_course(checks("assert student.ok() == 43"))
    evil = "import pytest\n@pytest.hookimpl\ndef pytest_runtest_call(item): item.obj = lambda student: None\n"
    path = course.submit(OK)
    for folder in (path.parent, course.root, course.grader.parent):
        (folder / "conftest.py").write_text(evil)
        (folder / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    assert verdicts(course.grade(OK)) == [F]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_ADDOPTS", "--collect-only"),
        ("PYTEST_ADDOPTS", "-x"),
        ("PYTEST_PLUGINS", "no_such_plugin"),
        ("PYTHONOPTIMIZE", "1"),
    ],
)
def test_environment_of_the_caller_changes_no_mark(tiny_course, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    course = tiny_course(checks("assert student.ok() == 43", "assert student.ok() == 42"))
    assert verdicts(course.grade(OK)) == [F, P]


@pytest.mark.parametrize("name", ["CI", "BUILD_NUMBER"])
def test_in_ci_pytest_is_not_told_so_and_compares_nothing_line_by_line(tiny_course, monkeypatch, name):
    """06's long notebooks in the wrong order took more than 215 s in CI, and were an error."""
    monkeypatch.setenv(name, "true")
    course = tiny_course("import os\n" + checks(f"assert {name!r} not in os.environ"))
    assert verdicts(course.grade(OK)) == [P]


def test_a_grading_that_is_stopped_ends_at_once_and_grants_and_takes_nothing(tiny_course):
    stop = threading.Event()
    course = tiny_course(five("hangs"), seconds=60)
    started = time.monotonic()
    report = course.grade(HANGS, stop=stop, on_check=lambda check: check.name == "test_3" and stop.set())
    assert verdicts(report) == [P, P, P, E, E]
    assert time.monotonic() - started < course.exercise.limits.seconds


@pytest.mark.slow
def test_two_gradings_side_by_side_do_not_disturb_each_other(tiny_course):
    course = tiny_course(five("hangs"), seconds=1)
    path = course.submit(HANGS)
    from manychefs.grading.supervisor import grade

    reports: list[Report] = []
    threads = [
        threading.Thread(target=lambda: reports.append(grade(course.course, course.exercise, path)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [verdicts(report) for report in reports] == [[P, P, P, F, P]] * 2


@pytest.mark.timeout(60)
@pytest.mark.usefixtures("fresh_graders")
def test_a_grader_that_is_just_being_started_is_no_orphan_of_another_that_ends(tiny_course, monkeypatch):
    """Its process is there before its id is known: whoever clears up after another one must wait."""
    course = tiny_course(checks("assert student.ok() == 42"))
    started: list[subprocess.Popen[bytes]] = []
    threads: list[threading.Thread] = []
    ended = subprocess.Popen(["true"])
    ended.wait()

    class Popen(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)
            threads.append(threading.Thread(target=supervisor._end, args=(ended,)))
            threads[-1].start()
            threads[-1].join(0.3)

    monkeypatch.setattr(tree, "_adopting", True)  # as in the command, which starts graders only
    monkeypatch.setattr(subprocess, "Popen", Popen)
    report = course.grade(OK)
    for thread in threads:
        thread.join()
    assert verdicts(report) == [P]
    assert [process.returncode for process in started] == [0]


def test_a_submission_cannot_make_a_grading_wait_for_ever(tiny_course):
    """By a named pipe where the grader reads a file: at worst the check is an error."""
    source = """
import os
def ok():
    path = os.environ['MANYCHEFS_RUN_DIR'] + '/shared_memory'
    os.path.exists(path) or os.mkfifo(path)
    return 42
"""
    stop = threading.Event()
    timer = threading.Timer(10, stop.set)
    timer.start()
    try:
        report = tiny_course(checks("assert student.ok() == 42"), seconds=1).grade(source, stop=stop)
    finally:
        timer.cancel()
        timer.join()
    assert not stop.is_set(), "it had to be stopped from outside"
    assert verdicts(report) == [P]


def test_a_course_may_lie_in_a_folder_with_brackets(tiny_course: Any) -> None:
    tiny = tiny_course(checks("assert student.ok() == 42"))
    hidden = tiny.grader.read_text().replace("test_1", "test_hidden")
    tiny.grader.with_name("test_hidden.py").write_text(hidden)
    root = tiny.root.rename(tiny.root.with_name("course [1]"))
    course = load_course(root)
    (root / "tally.py").write_text(OK)
    report = supervisor.grade(course, course.exercises[0], root / "tally.py")
    assert [check.verdict for check in report.checks] == [P, P]
