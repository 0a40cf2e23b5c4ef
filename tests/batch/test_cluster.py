"""Grading on a real Dask cluster: a scheduler and workers as processes of their own, on loopback."""

from __future__ import annotations

import contextlib
import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from manychefs.batch import kept
from manychefs.batch.cluster import Desk, OtherEngine, packed_course
from manychefs.batch.run import Job, packed
from manychefs.batch.station import Station, StationEnded
from manychefs.course import Course
from manychefs.errors import ChefsError
from manychefs.report import Verdict
from manychefs.sandbox import tree

HandIn = Callable[..., Path]

RIGHT = "def double(number):\n    return 2 * number\n"
WRONG = "def double(number):\n    return number ** 2\n"
PATIENCE = 60.0

needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None,
    reason="distributed is not installed: python3 chefs.py setup --instructor",
)

# The first grader that comes here says so and stays, until its worker is killed; the next one goes on.
STAYS = """\
import os, time

def double(number):
    try:
        os.mkdir({folder!r})
    except FileExistsError:
        return 2 * number
    with open({folder!r} + ".pid", "w") as file:
        file.write(str(os.getpid()))
    os.rename({folder!r} + ".pid", {folder!r} + "/pid")
    time.sleep(600)
"""


def wait_for(condition: Callable[[], object], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.02)


# -- a station alone --------------------------------------------------------------------------


def test_a_station_grades_and_says_why_it_does_not(course: Course, hand_in: HandIn, tmp_path: Path) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT})
    station = Station(course.root)
    try:
        result = station.grade(packed(Job(course.exercises[0], folder / "ada" / "doubles.py", "ada")))
    finally:
        station.close()
    assert result.report is not None
    assert result.report.verdict is Verdict.PASSED
    with pytest.raises(ChefsError, match=r"course.toml cannot be read"):
        Station(tmp_path)


def test_jobs_of_a_killed_station_are_given_back(course: Course, hand_in: HandIn, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    folder = hand_in({"ada/doubles.py": STAYS.format(folder=str(inside))})
    job = packed(Job(course.exercises[0], folder / "ada" / "doubles.py", "ada"))
    station = Station(course.root)
    wait_and_kill = subprocess.Popen(
        [sys.executable, "-c", KILLER, str(inside / "pid"), str(station._process.pid)]
    )
    try:
        with pytest.raises(StationEnded):
            station.grade(job)
    finally:
        wait_and_kill.wait()
        station.close()


def test_a_worker_has_the_course_and_another_station_when_one_dies(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT})
    job = packed(Job(course.exercises[0], folder / "ada" / "doubles.py", "ada"))
    desk = Desk(packed_course(course), kept.engine(), "none", False)
    (tmp_path / "local").mkdir()
    desk.set_up(str(tmp_path / "local"))
    try:
        first = desk.station
        os.kill(first._process.pid, signal.SIGKILL)
        second = desk.instead_of(first)
        assert desk.instead_of(first) is second  # two who had jobs there do not start two
        report = second.grade(job).report
    finally:
        desk.close()
    assert report is not None
    assert report.verdict is Verdict.PASSED
    assert list((tmp_path / "local").iterdir()) == []


def test_a_worker_with_another_engine_is_refused(course: Course, tmp_path: Path) -> None:
    with pytest.raises(OtherEngine, match="another version"):
        Desk(packed_course(course), "another", "", False).set_up(str(tmp_path))


KILLER = """\
import os, signal, sys, time
while not os.path.exists(sys.argv[1]):
    time.sleep(0.02)
os.kill(int(sys.argv[2]), signal.SIGKILL)
"""


# -- a cluster --------------------------------------------------------------------------------


class Dask:
    """A scheduler and workers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        where = folder / "scheduler.json"
        self._scheduler = self._start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            str(where),
        )
        wait_for(where.exists, "the scheduler")
        import json

        wait_for(lambda: where.read_text().strip().endswith("}"), "the scheduler's file")
        self.address = json.loads(where.read_text())["address"]

    def add_worker(self) -> subprocess.Popen[bytes]:
        number = len(self.workers)
        worker = self._start(
            "worker", self.address, "--nworkers", "1", "--nthreads", "1", "--resources", "slots=1 speed=1",
            "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "60",
            "--local-directory", str(self._folder / f"worker-{number}"),
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self._folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env=os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2"},
            )

    def end(self) -> None:
        for process in (*self.workers, self._scheduler):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in (*self.workers, self._scheduler):
            process.wait(PATIENCE)


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    folder = tmp_path / "dask"
    folder.mkdir()
    cluster = Dask(folder)
    try:
        yield cluster
    finally:
        cluster.end()


def chefs(course: Course, *words: str | Path) -> list[str]:
    return [sys.executable, "-m", "manychefs", "--course", str(course.root), *map(str, words)]


def marks(out: Path) -> list[list[str]]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@needs_dask
@pytest.mark.slow
def test_three_workers_give_the_same_marks_while_one_of_them_is_killed(
    dask: Dask, course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    inside = tmp_path / "inside"
    answers = {f"s{number}/doubles.py": (RIGHT, WRONG)[number % 2] for number in range(8)}
    answers |= {
        "s8/doubles.py": STAYS.format(folder=str(inside)),
        "s9/halves.py": "def halve(n):\n    return n\n",
    }
    folder = hand_in(answers)
    for _ in range(3):
        dask.add_worker()
    grading = subprocess.Popen(
        chefs(course, "grade", folder, "--out", tmp_path / "far", "--scheduler", dask.address),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: (inside / "pid").exists() or grading.poll() is not None, "a submission that stays")
    assert grading.poll() is None, grading.communicate()
    at_work = int((inside / "pid").read_text())
    (worker,) = [each for each in dask.workers if at_work in tree.descendants(each.pid)]
    worker.kill()
    out, err = grading.communicate()
    assert grading.returncode == 0, out + err
    assert "Traceback" not in err
    wait_for(lambda: not Path(f"/proc/{at_work}").exists(), "what the killed worker had started to go")

    here = subprocess.run(
        chefs(course, "grade", folder, "--out", tmp_path / "near", "--jobs", "1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert here.returncode == 0
    assert marks(tmp_path / "far") == marks(tmp_path / "near")


@needs_dask
@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_told_in_four_parts(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    folder = hand_in({"ada/doubles.py": RIGHT})
    done = subprocess.run(
        chefs(course, "grade", folder, "--out", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "cannot be reached" in done.stderr
    assert "dask scheduler" in done.stderr
    assert "Traceback" not in done.stderr
