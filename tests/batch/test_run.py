"""grade_many: side by side as one at a time, speedup checks alone, and a clean stop at any moment."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.batch.find import find_students
from manychefs.batch.run import Job, Local, Result, grade_all, grade_many, usual_slots
from manychefs.course import Course
from manychefs.errors import SubmissionError
from manychefs.report import Check, Verdict
from manychefs.speedup import lease

HandIn = Callable[..., Path]

RIGHT = "def double(number):\n    return 2 * number\n"

CLASS = {
    "ada/doubles.py": RIGHT,
    "ben/doubles.py": "def double(number):\n    return number ** 2\n",
    "chloe/doubles.py": "import os\ndef double(number):\n    os._exit(3)\n",
    "dan/doubles.py": "def double(number):\n    while number:\n        pass\n    return 0\n",
}


def jobs_of(course: Course, folder: Path) -> list[Job]:
    """The jobs of a class: each student's first exercise."""
    exercise = course.exercises[0]
    return [
        Job(exercise, student.folder / exercise.filename, student.name)
        for student in find_students(course, [folder])
    ]


def marks(results: list[Result]) -> dict[str, list[tuple[str, Verdict, float]]]:
    """Each student's checks with verdict and points."""
    found = {}
    for result in results:
        assert result.report is not None
        found[result.job.student] = [
            (check.name, check.verdict, check.earned) for check in result.report.checks
        ]
    return found


@pytest.mark.parametrize(("cores", "slots"), [(1, 3), (2, 6), (3, 9), (16, 28)])
def test_three_at_a_time_for_each_core_that_checks_have(
    monkeypatch: pytest.MonkeyPatch, cores: int, slots: int
) -> None:
    """Of sixteen cores eight are for measurements: four of these, and three a core on the other eight."""
    monkeypatch.setattr(lease, "plan", lambda: lease.Plan(range(cores)))
    assert usual_slots() == slots


def test_a_class_graded_side_by_side_gets_the_same_marks_as_one_at_a_time(
    course: Course, hand_in: HandIn
) -> None:
    jobs = jobs_of(course, hand_in(CLASS))
    alone, beside = (marks(list(grade_many(course, jobs, slots))) for slots in (1, 4))
    assert alone == beside
    passed, failed = Verdict.PASSED, Verdict.FAILED
    assert alone == {
        "ada": [("test_doubles", passed, 6), ("test_zero", passed, 4)],
        "ben": [("test_doubles", failed, 0), ("test_zero", passed, 4)],
        "chloe": [("test_doubles", failed, 0), ("test_zero", failed, 0)],
        "dan": [("test_doubles", failed, 0), ("test_zero", passed, 4)],
    }


def test_two_slots_grade_two_at_a_time(
    tiny_course: Callable[..., Any], tmp_path: Path, hand_in: HandIn
) -> None:
    """Each answer waits until the other one has been called as well: one at a time, none would return."""
    grader = (
        "import pytest\n@pytest.mark.check(points=10)\ndef test_meets(student):\n"
        '    """Both are there"""\n    assert student.meet() == 1\n'
    )
    course = tiny_course(grader, slug="meeting", seconds=30).course
    sources = {
        f"{me}/meeting.py": "import pathlib, time\ndef meet():\n"
        f"    pathlib.Path({str(tmp_path / me)!r}).touch()\n"
        f"    while not pathlib.Path({str(tmp_path / other)!r}).exists():\n        time.sleep(0.005)\n"
        "    return 1\n"
        for me, other in (("ada", "ben"), ("ben", "ada"))
    }
    results = grade_many(course, jobs_of(course, hand_in(sources)), 2)
    assert {result.report.score for result in results if result.report} == {10}


WITNESSED = '''\
import os

import pytest


def witnessed(student, kind):
    """Write down, in one list for all graders, when a check begins and ends."""
    for word in ("begins", "ends"):
        log = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(log, f"{{os.getpid()}} {{kind}} {{word}}\\n".encode())
        os.close(log)
        for _ in range(8):
            student.double(1)


@pytest.mark.check(points=2)
def test_before(student):
    """An ordinary check"""
    witnessed(student, "ordinary")


@pytest.mark.check(points=3, kind="speedup")
def test_speed(student):
    """A speedup check"""
    witnessed(student, "speedup")


@pytest.mark.check(points=2, kind="races")
def test_after(student):
    """Another ordinary check"""
    witnessed(student, "ordinary")
'''


@pytest.mark.slow
def test_nothing_runs_beside_a_speedup_check(
    tiny_course: Callable[..., Any], tmp_path: Path, hand_in: HandIn
) -> None:
    log = tmp_path / "log"
    course = tiny_course(WITNESSED.format(log=str(log)), slug="doubles").course
    folder = hand_in({f"{name}/doubles.py": RIGHT for name in ("ada", "ben", "chloe", "dan")})
    results = list(grade_many(course, jobs_of(course, folder), 4))
    assert {result.report.score for result in results if result.report} == {7}
    running: set[tuple[str, str]] = set()
    for line in log.read_text().splitlines():
        grader, kind, word = line.split()
        if word == "ends":
            running.discard((grader, kind))
            continue
        beside = {other for _, other in running}
        assert "speedup" not in beside, f"a check began beside a speedup check: {line}"
        assert kind != "speedup" or not running, f"a speedup check began beside others: {running}"
        running.add((grader, kind))
    assert not running


MEASURED = """\
import pytest


@pytest.mark.check(points=1)
def test_before(student):
    'An ordinary check'
    assert student.double(1) == 2


@pytest.mark.check(points=2, kind="speedup")
def test_speed(student):
    'A speedup check'
    assert student.double(2) == 4
"""


def test_who_waits_for_the_turn_to_measure_lends_the_slot(
    tiny_course: Callable[..., Any], tmp_path: Path, hand_in: HandIn
) -> None:
    """Ada waits for her turn, for Ben is in a check, which waits for Chloe: two slots are not enough."""

    def waits(me: str, other: str) -> str:
        return (
            "import pathlib, time\ndef double(number):\n"
            f"    pathlib.Path({str(tmp_path / me)!r}).touch()\n"
            f"    while not pathlib.Path({str(tmp_path / other)!r}).exists():\n        time.sleep(0.005)\n"
            "    return 2 * number\n"
        )

    course = tiny_course(MEASURED, slug="doubles", seconds=12).course
    sources = {"ada": waits("ada", "ben"), "ben": waits("ben", "chloe"), "chloe": waits("chloe", "chloe")}
    folder = hand_in({f"{name}/doubles.py": source for name, source in sources.items()})
    backend = Local(course, 2)
    results = list(grade_all(backend, jobs_of(course, folder)))
    assert {result.report.score for result in results if result.report} == {3}
    assert backend.slots == 2


def test_a_submission_that_is_refused_gives_its_reason_and_the_rest_is_graded(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT, "chloe/doubles.py": RIGHT, "ben/halves.py": ""})
    (folder / "ben" / "doubles.py").symlink_to(folder / "ada" / "doubles.py")
    results = {result.job.student: result for result in grade_many(course, jobs_of(course, folder), 2)}
    assert isinstance(results["ben"].refused, SubmissionError)
    assert results["ben"].report is None
    assert "cannot be graded" in results["ben"].refused.feedback.happened
    for name in ("ada", "chloe"):
        report = results[name].report
        assert report is not None
        assert (report.student, report.score) == (name, 10)


def test_checks_are_told_as_they_end_with_whose_they_are(course: Course, hand_in: HandIn) -> None:
    told: list[tuple[str, str, Verdict]] = []

    def on_check(job: Job, check: Check) -> None:
        told.append((job.student, check.name, check.verdict))

    folder = hand_in({name: CLASS[name] for name in ("ada/doubles.py", "ben/doubles.py")})
    assert len(list(grade_many(course, jobs_of(course, folder), 2, on_check))) == 2
    assert sorted(told, key=lambda entry: entry[:2]) == [
        ("ada", "test_doubles", Verdict.PASSED),
        ("ada", "test_zero", Verdict.PASSED),
        ("ben", "test_doubles", Verdict.FAILED),
        ("ben", "test_zero", Verdict.PASSED),
    ]


def test_no_jobs_are_no_results(course: Course) -> None:
    assert list(grade_many(course, [], 4)) == []


def hanging(marker: Path) -> str:
    return (
        "import pathlib, time\ndef double(number):\n"
        f"    pathlib.Path({str(marker)!r}).touch()\n    time.sleep(3600)\n"
    )


def test_who_stops_asking_for_results_leaves_nothing_running(
    tiny_course: Callable[..., Any], tmp_path: Path, hand_in: HandIn
) -> None:
    """That nothing is left is looked at after every test."""
    grader = (
        "import pytest\n@pytest.mark.check(points=10)\ndef test_doubles(student):\n"
        '    """It doubles"""\n    assert student.double(1) == 2\n'
    )
    course = tiny_course(grader, slug="doubles", seconds=600).course
    marker = tmp_path / "marker"
    # The quick one waits until the other hangs, so that there is something to stop.
    quick = (
        "import pathlib, time\ndef double(number):\n"
        f"    while not pathlib.Path({str(marker)!r}).exists():\n        time.sleep(0.005)\n"
        "    return 2 * number\n"
    )
    folder = hand_in({"ada/doubles.py": quick, "ben/doubles.py": hanging(marker)})
    results = grade_many(course, jobs_of(course, folder), 2)
    first = next(results)
    assert (first.job.student, first.report and first.report.score) == ("ada", 10)
    results.close()
    assert list(results) == []


def test_a_mistake_of_the_caller_comes_out_where_the_caller_is(course: Course, hand_in: HandIn) -> None:
    def on_check(_job: Job, _check: Check) -> None:
        raise ZeroDivisionError

    folder = hand_in({"ada/doubles.py": RIGHT, "ben/doubles.py": RIGHT})
    with pytest.raises(ZeroDivisionError):
        list(grade_many(course, jobs_of(course, folder), 2, on_check))


def test_the_witnesses_are_other_processes(course: Course, hand_in: HandIn, tmp_path: Path) -> None:
    """A student's code runs neither in this process nor as its child."""
    source = (
        "import os, pathlib\ndef double(number):\n"
        f"    pathlib.Path({str(tmp_path / 'pids')!r}).write_text(f'{{os.getpid()}} {{os.getppid()}}')\n"
        "    return 2 * number\n"
    )
    (result,) = grade_many(course, jobs_of(course, hand_in({"ada/doubles.py": source})), 1)
    assert result.report is not None
    assert str(os.getpid()) not in (tmp_path / "pids").read_text().split()
