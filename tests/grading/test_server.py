"""Graders forked from a server: as those that are started afresh, only sooner."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.errors import ChefsError
from manychefs.report import Verdict
from tests.conftest import TinyCourse

ROOT = Path(__file__).parents[2]
GRADE = """
import os, signal, sys
from pathlib import Path
from manychefs.course import load_course
from manychefs.grading import supervisor
from manychefs.grading.server import GraderServer
from manychefs.sandbox import tree

tree.adopt_orphans()
server = GraderServer()
supervisor.use_server(server)
{before}
course = load_course(Path(sys.argv[1]))
exercise = course.find("03")
for path in (course.solution(exercise), course.stub(exercise)):
    report = supervisor.grade(course, exercise, path, methods=["fork"])
    print(report.score, "forked" if supervisor._server is server else "afresh")
supervisor.close_server()
print("left:", tree.children(os.getpid()))
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="graders are adopted on Linux only")


def graded(before: str = "") -> list[str]:
    """What a command prints that grades two submissions, after doing `before`."""
    script = GRADE.format(before=before)
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT)], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_two_graders_of_one_server_grade_and_nothing_is_left() -> None:
    assert graded() == ["11.0 forked", "0.0 forked", "left: []"]


@pytest.mark.slow
def test_without_the_server_graders_are_started_afresh() -> None:
    kill = "os.kill(server.pid, signal.SIGKILL); os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)"
    assert graded(kill) == ["11.0 afresh", "0.0 afresh", "left: []"]


@pytest.mark.slow
def test_a_grader_that_starts_while_a_layer_is_tried_out_is_no_orphan() -> None:
    """Both happen in the first moments of a command that grades several submissions side by side."""
    meanwhile = "from threading import Thread; from manychefs.sandbox import choice"
    seen = graded(f"{meanwhile}; Thread(target=choice.choose).start()")
    assert seen == ["11.0 forked", "0.0 forked", "left: []"]


TRIES_NOTHING = """
import pytest
from manychefs.sandbox import choice

choice._try = None

@pytest.mark.check(points=1)
def test_was_told(student):
    '''Its layer was known before'''
    assert student.answer() == 1
"""


def test_what_confines_submissions_is_not_tried_out_in_each_grader(
    tiny_course: Callable[..., TinyCourse],
) -> None:
    """A try costs as much as a host, and the first verdict would wait for it."""
    check = tiny_course(TRIES_NOTHING).only_check("def answer():\n    return 1\n")
    assert check.verdict is Verdict.PASSED, check.feedback


def test_what_runs_in_sandboxes_is_compiled_outside(tmp_path: Path) -> None:
    """In there nobody may write bytecode: each process of a submission would compile the source anew."""
    package = tmp_path / "manychefs"
    shutil.copytree(ROOT / "src" / "manychefs", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "sandbox" / "inside" / "unfinished.py").write_text("def (")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    compiling = (
        "from manychefs.grading import server; server._compile_what_runs_inside(); print(server.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", compiling], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.stdout.strip() == str(package / "grading" / "server.py"), done.stderr
    for area in ("sandbox", "interleavings", "speedup"):
        sources = list((package / area / "inside").glob("*.py"))
        compiled = {
            each.name.partition(".")[0] for each in (package / area / "inside" / "__pycache__").iterdir()
        }
        assert {each.stem for each in sources} - compiled <= {"unfinished"}
        assert len(compiled) > 1


CHECK = """
import os
import pytest

PID = os.getpid()

@pytest.mark.check(points=1)
def test_name(student):
    '''Title'''
    assert student.answer() == {value}, f"{{PID}} {{os.getpid()}} {{os.getppid()}}"
"""
ANSWER = "def answer():\n    return 1\n"


def pids(course: TinyCourse) -> list[int]:
    """Of a check that fails: who collected it, who ran it, and that one's parent."""
    check = course.only_check(ANSWER)
    assert check.feedback is not None
    return [int(word) for word in check.feedback.cause.split()]


def test_checks_are_collected_once_for_all_submissions(tiny_course: Callable[..., TinyCourse]) -> None:
    course = tiny_course(CHECK.format(value=2))
    (collector, first, parent), (again, second, _) = pids(course), pids(course)
    assert collector == again
    assert len({collector, first, second}) == 3
    assert parent == os.getpid()


def test_a_grader_that_has_changed_is_collected_anew(tiny_course: Callable[..., TinyCourse]) -> None:
    course = tiny_course(CHECK.format(value=2))
    before = pids(course)[0]
    course.grader.write_text(CHECK.format(value=1))
    assert course.only_check(ANSWER).verdict is Verdict.PASSED
    course.grader.write_text(CHECK.format(value=3))
    assert pids(course)[0] != before


def test_a_file_beside_the_grader_that_has_changed_is_read_anew(
    tiny_course: Callable[..., TinyCourse],
) -> None:
    course = tiny_course(CHECK.format(value=2))
    before = pids(course)[0]
    course.grader.with_name("numbers.txt").write_text("1 2 3")
    assert pids(course)[0] != before


def test_a_grader_that_is_broken_and_mended_is_not_kept_broken(
    tiny_course: Callable[..., TinyCourse],
) -> None:
    course = tiny_course("def broken(:")
    for _ in range(2):
        with pytest.raises(ChefsError) as refused:
            course.grade(ANSWER)
        assert "SyntaxError" in refused.value.feedback.text()
    course.grader.write_text(CHECK.format(value=1))
    assert course.only_check(ANSWER).verdict is Verdict.PASSED


def test_a_collected_grader_that_was_killed_is_done_without(tiny_course: Callable[..., TinyCourse]) -> None:
    course = tiny_course(CHECK.format(value=2))
    collector = pids(course)[0]
    os.kill(collector, signal.SIGKILL)
    collector, first, _ = pids(course)
    assert collector == first  # it collected for itself
    assert pids(course)[0] == pids(course)[0] != first


HIDES = """
import ctypes
import pytest

get_dumpable = 3
DUMPABLE = ctypes.CDLL(None).prctl(get_dumpable, 0, 0, 0, 0)

@pytest.mark.check(points=1)
def test_name(student):
    '''Title'''
    assert student.answer() == 1 + DUMPABLE
"""


def test_who_collects_a_grader_hides_it_from_submissions(tiny_course: Callable[..., TinyCourse]) -> None:
    """It knows the expected values and stands by, while submissions run that may not be walled off."""
    check = tiny_course(HIDES).only_check(ANSWER)
    assert check.verdict is Verdict.PASSED, check.feedback
