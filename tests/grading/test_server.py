"""Graders forked from a server: as those that are started afresh, only sooner."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.grading.server import GraderServer
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


def test_one_that_is_ended_while_it_tries_out_a_sandbox_leaves_no_folder(own_tmpdir: Path) -> None:
    server = GraderServer()
    try:
        while not any(each.name.count("-") == 1 for each in own_tmpdir.rglob("manychefs-*")):
            assert server._process.poll() is None
    finally:
        server.close()
    assert not list(own_tmpdir.iterdir())


TRIED = """
import pytest
from manychefs.sandbox import choice

@pytest.mark.check(points=1)
def test_was_tried(student):
    '''Its layer was known before'''
    known = choice.trouble.cache_info()
    if not known.hits:
        raise AssertionError(f"{known}")
"""


def test_what_confines_submissions_is_not_tried_out_in_each_grader(
    tiny_course: Callable[..., TinyCourse],
) -> None:
    """A try costs as much as a host, and the first verdict would wait for it."""
    check = tiny_course(TRIED).only_check("def answer():\n    return 1\n")
    assert check.verdict is Verdict.PASSED, check.feedback
