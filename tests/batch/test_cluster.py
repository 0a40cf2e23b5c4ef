"""Grading on a real Dask cluster: a scheduler and workers as processes of their own, on loopback."""

from __future__ import annotations

import contextlib
import csv
import gc
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from manychefs.batch import kept
from manychefs.batch.cluster import Desk, OtherEngine, packed_course
from manychefs.batch.run import Job, packed
from manychefs.batch.station import Station, StationEnded
from manychefs.course import Course, load_course
from manychefs.errors import ChefsError
from manychefs.report import Verdict
from manychefs.sandbox import tree
from tests.conftest import mapped_by_others

HandIn = Callable[..., Path]

RIGHT = "def double(number):\n    return 2 * number\n"
WRONG = "def double(number):\n    return number ** 2\n"
PATIENCE = 120.0

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


def patient(course: Course) -> Course:
    """The same course, but for the time that a call may take: nobody who stays is ended for it."""
    manifest = course.root / "course.toml"
    manifest.write_text(manifest.read_text().replace("seconds = 1,", "seconds = 60,"))
    changed = load_course(course.root)
    assert changed.exercises[0].limits.seconds == 60
    return changed


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


def test_closing_a_desk_gives_back_what_is_being_graded_there(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    """A worker that ends waits for no grading, takes none up again, and passes on no verdicts of errors."""
    inside = tmp_path / "inside"
    folder = hand_in({"ada/doubles.py": STAYS.format(folder=str(inside))})
    job = packed(Job(patient(course).exercises[0], folder / "ada" / "doubles.py", "ada"))
    desk = Desk(packed_course(course), kept.engine(), "none", False)
    desk.set_up(str(tmp_path))
    station = desk.station
    with ThreadPoolExecutor(1) as thread:
        graded = thread.submit(station.grade, job)
        try:
            wait_for(lambda: (inside / "pid").exists() or graded.done(), "a submission that stays")
        finally:
            desk.close()
        with pytest.raises(StationEnded):
            graded.result()
    assert desk.instead_of(station) is None
    with pytest.raises(StationEnded):
        station.grade(job)


def test_a_station_that_reads_nothing_any_more_can_be_closed(
    course: Course, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither who closes it nor who is sending it a job waits for it."""
    monkeypatch.setattr("manychefs.batch.station.END_LIMIT", 0.2)
    folder = hand_in({"ada/doubles.py": RIGHT + "#" * 900_000})  # far more than a socket takes unread
    job = packed(Job(course.exercises[0], folder / "ada" / "doubles.py", "ada"))
    station = Station(course.root)
    os.kill(station._process.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as thread:
        graded = thread.submit(station.grade, job)
        try:
            wait_for(station._sending.locked, "the job being sent")
        finally:
            station.close()
        with pytest.raises(StationEnded) as ended:
            graded.result()
    # A buffer that is still in use when it is collected with the exception is an error of its own on 3.13.
    kept = [each for each in gc.get_objects() if isinstance(each, io.BytesIO)]
    assert all(len(each.getvalue()) < 900_000 for each in kept), ended


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
        assert second is not None
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
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        where = folder / "scheduler.json"
        self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(where),
        )  # fmt: skip
        try:
            wait_for(lambda: where.exists() and where.read_text().strip().endswith("}"), "the scheduler")
        except BaseException:
            self.end()
            raise
        self.address = json.loads(where.read_text())["address"]

    def add_worker(self, nanny: bool = False) -> subprocess.Popen[bytes]:
        """Start one more.

        Args:
            nanny: beside it, as `dask worker` does by default: then SIGTERM ends it in good order.
        """
        return self._start(
            "worker", self.address, "--nworkers", "1", "--nthreads", "1", "--resources", "slots=1 speed=1",
            "--nanny" if nanny else "--no-nanny", "--no-dashboard", "--host", "127.0.0.1",
            "--death-timeout", "60",
            "--local-directory", str(self._folder / f"worker-{len(self._started)}"),
        )  # fmt: skip

    def worker_of(self, pid: int) -> subprocess.Popen[bytes]:
        """The worker below which a process runs."""
        (worker,) = [each for each in self._started.values() if pid in tree.descendants(each.pid)]
        return worker

    def said(self) -> str:
        """The end of what all have printed."""
        lines = (self._folder / "dask.log").read_text("utf-8", "replace").splitlines()
        return "\n".join(lines[-60:])

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self._folder / "dask.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", "-m", "dask", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env=os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "5"},
            )
        self._started[f"{words[0]} {len(self._started)}"] = process
        return process

    def end(self) -> None:
        """End all of them. One that does not end writes its stacks, is killed, and fails the test."""
        below = {pid for process in self._started.values() for pid in tree.descendants(process.pid)}
        until, stuck = time.monotonic() + PATIENCE / 2, []
        # Workers first: one that is told to end while its scheduler ends may wait for it for ever (so Dask).
        last_first = list(reversed(self._started.items()))
        for _, process in last_first[:-1]:
            process.terminate()
        for name, process in last_first:
            process.terminate()
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                stuck.append(name)
                process.send_signal(signal.SIGABRT)  # faulthandler answers
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                process.kill()
                process.wait()
        try:
            wait_for(lambda: not [pid for pid in below if is_alive(pid)], "what they had started to end")
        finally:
            for pid in filter(is_alive, below):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        assert not stuck, f"did not end: {', '.join(stuck)}\n{self.said()}"


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be reaped does not."""
    seen = tree.look(pid)
    return seen is not None and seen.state not in ("Z", "X")


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    folder = tmp_path / "dask"
    folder.mkdir()
    before = of_the_library()
    cluster = Dask(folder)
    try:
        yield cluster
    finally:
        cluster.end()
        # A nanny has semaphores for its worker, which stay when both are killed. They are Dask's, not ours.
        left = of_the_library() - before
        for path in left - mapped_by_others(left, {os.getpid()}):
            Path(path).unlink(missing_ok=True)


def of_the_library() -> set[str]:
    """The semaphores that multiprocessing named by itself; those of a submission have other names."""
    return {str(path) for path in Path("/dev/shm").glob("sem.mp-*")}


def chefs(course: Course, *words: str | Path) -> list[str]:
    return [sys.executable, "-m", "manychefs", "--course", str(course.root), *map(str, words)]


def marks(out: Path) -> list[list[str]]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@contextlib.contextmanager
def grading(course: Course, folder: Path, out: Path, dask: Dask) -> Iterator[subprocess.Popen[str]]:
    """`chefs grade` on the cluster, which does not outlive the test."""
    with subprocess.Popen(
        chefs(course, "grade", folder, "--out", out, "--scheduler", dask.address),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def one_who_stays(inside: Path, process: subprocess.Popen[str], dask: Dask) -> int:
    """Wait for the submission that stays there; its process id."""
    wait_for(lambda: (inside / "pid").exists() or process.poll() is not None, "a submission that stays")
    assert process.poll() is None, "\n".join([*process.communicate(), dask.said()])
    return int((inside / "pid").read_text())


@needs_dask
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_three_workers_give_the_same_marks_while_workers_are_killed(
    dask: Dask, course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    """One is killed, one is told to end, one loses its station, each amid a grading; others come instead."""
    course = patient(course)
    stays = [tmp_path / f"inside-{number}" for number in range(3)]
    answers = {f"s{number}/doubles.py": (RIGHT, WRONG)[number % 2] for number in range(8)}
    answers |= {f"t{n}/doubles.py": STAYS.format(folder=str(each)) for n, each in enumerate(stays)}
    folder = hand_in(answers | {"u0/halves.py": "def halve(n):\n    return n\n"})
    for _ in range(3):
        dask.add_worker(nanny=True)
    with grading(course, folder, tmp_path / "far", dask) as process:
        killed = []
        for place, end in zip(stays, (end_at_once, tell_to_end, end_its_station), strict=True):
            at_work = one_who_stays(place, process, dask)
            end(dask.worker_of(at_work), at_work)
            killed.append(at_work)
            dask.add_worker()
        out, err = process.communicate()
    assert process.returncode == 0, f"{out}\n{err}\n{dask.said()}"
    assert "Traceback" not in err
    wait_for(lambda: not [pid for pid in killed if is_alive(pid)], "what the ended workers had started to go")

    here = subprocess.run(
        chefs(course, "grade", folder, "--out", tmp_path / "near", "--jobs", "1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert here.returncode == 0
    assert marks(tmp_path / "far") == marks(tmp_path / "near")


def end_at_once(worker: subprocess.Popen[bytes], _: int) -> None:
    """Kill a worker, with its nanny: nobody of them can do anything about it.

    What clears up behind the library's own semaphores lives on to do so.
    """
    for pid in (worker.pid, *tree.children(worker.pid)):
        seen = tree.look(pid)
        if seen is not None and seen.role != "resource tracker":
            os.kill(pid, signal.SIGKILL)


def tell_to_end(worker: subprocess.Popen[bytes], _: int) -> None:
    """As who shuts a machine down does."""
    worker.terminate()


def end_its_station(worker: subprocess.Popen[bytes], at_work: int) -> None:
    """The worker itself goes on."""
    (station,) = [
        pid
        for pid in tree.descendants(worker.pid)
        if b"manychefs.batch.station" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert at_work in tree.descendants(station)
    os.kill(station, signal.SIGKILL)


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
