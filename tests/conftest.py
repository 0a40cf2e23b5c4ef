"""What all tests share: each cleans up after itself, and tiny courses to grade with.

Every test gets a temporary folder of its own as the system's (TMPDIR), so that neither a lease nor a
left folder of another `chefs` on this machine is seen by it. The path is short: a socket's path, of
which a fork server needs one below it, may have about a hundred characters.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from manychefs.course import Course, Exercise, load_course
from manychefs.grading import supervisor
from manychefs.grading.server import GraderServer
from manychefs.grading.supervisor import grade
from manychefs.report import Check, Report, Verdict
from manychefs.sandbox import tree

SHM = Path("/dev/shm")
SHM_NAMES = ("mc", "sem.mc", "psm_", "sem.mp")
PATIENCE = 60.0  # seconds in which something that is about to go is gone, on a busy machine too


@pytest.fixture(scope="session", autouse=True)
def _subreaper() -> None:
    """Orphans of a test become children of the test process, where they are seen."""
    tree.become_subreaper()


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A shell's job in the background ignores Ctrl-C, and so would all that the tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _warm_graders(_subreaper: None, _interruptible: None) -> Iterator[None]:
    """Graders of all tests are forked from one server, as those of a command are."""
    if sys.platform == "linux":
        supervisor.use_server(GraderServer())
    yield
    supervisor.close_server()


@pytest.fixture
def fresh_graders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graders are started afresh, as where there is no server: with what this process is now."""
    monkeypatch.setattr(supervisor, "_server", None)


@pytest.fixture(autouse=True)
def own_tmpdir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The temporary folder of the system, as this test and what it starts see it."""
    tmp_path_factory.getbasetemp()  # pytest's own folders stay where they are
    folder = Path(tempfile.mkdtemp(prefix="mct-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setenv("MANYCHEFS_GRADEBOOK", "0")  # takes nbgrader seconds; tests/nbgrader asks for it
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_left_behind(own_tmpdir: Path, _warm_graders: None) -> Iterator[None]:
    """Fail a test that leaves a process, a semaphore, a shared-memory block or a folder behind.

    Or one that ends the fork server of all: those that follow in the same worker would do without it.
    """
    before = children() | _shm()
    server = supervisor._server
    yield
    folders = {
        str(each) for each in own_tmpdir.glob("manychefs-*") if not each.name.startswith("manychefs-leases-")
    }
    left = (children() | _shm()) - before
    left -= mapped_by_others(left, {os.getpid(), *tree.descendants(os.getpid())})
    # Another program's semaphore may lie there for a moment; what the test left stays.
    until = time.monotonic() + PATIENCE
    while left and time.monotonic() < until:
        time.sleep(0.02)
        left &= children() | _shm()
    left -= mapped_by_others(left, {os.getpid(), *tree.descendants(os.getpid())})
    tree.remove_from_shm([name.removeprefix("/dev/shm/") for name in left if name.startswith("/")])
    assert not left, f"left behind: {[_words(each) for each in sorted(left)]}"
    assert not folders, f"left in the temporary folder: {sorted(folders)}"
    assert supervisor._server is server, "the tests' fork server is given up"
    assert server is None or f"process {server.pid}" in children(), "the tests' fork server has ended"


def children() -> set[str]:
    """The test process's children that are alive, in words; ended ones are taken leave of."""
    found = set()
    for pid in tree.children(os.getpid()):
        seen = tree.look(pid)
        # One that is between two programs counts: the fork server is, where a first test begins soon enough.
        if seen is None or seen.role in ("resource tracker", "fork server"):
            continue
        if seen.state == "Z":
            # An orphan that has ended: elsewhere init would reap it.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            continue
        found.add(f"process {pid}")
    return found


def _words(left: str) -> str:
    """What was left, with what a process runs: which one it was nobody can look up afterwards."""
    kind, _, pid = left.partition(" ")
    with contextlib.suppress(OSError):
        if kind == "process":
            return f"{left}: {Path(f'/proc/{pid}/cmdline').read_text().replace(chr(0), ' ')}"
    return left


def _shm() -> set[str]:
    if not SHM.is_dir():
        return set()
    return {str(each) for each in SHM.iterdir() if each.name.startswith(SHM_NAMES)}


def mapped_by_others(paths: set[str], own: set[int]) -> set[str]:
    """Those of `paths` that a process has in its memory which is none of `own`: another program's.

    Two test runs on one machine would else take away each other's semaphores, and call it a failure.
    """
    # By inode: glibc makes a semaphore under another name, which is what its maker's memory map tells.
    inodes: set[str] = set()
    for folder in Path("/proc").glob("[0-9]*") if paths else ():
        if int(folder.name) not in own:
            with contextlib.suppress(OSError):
                lines = (folder / "maps").read_text("utf-8", "replace").splitlines()
                inodes |= {line.split()[4] for line in lines if f" {SHM}/" in line}
    return {path for path in paths if path.startswith(f"{SHM}/") and _inode(path) in inodes}


def _inode(path: str) -> str:
    with contextlib.suppress(OSError):
        return str(os.stat(path).st_ino)
    return ""


# -- tiny courses -----------------------------------------------------------------------------


@dataclass(frozen=True)
class TinyCourse:
    """A course of one exercise on disk, with what is needed to grade by it."""

    course: Course
    exercise: Exercise

    @property
    def root(self) -> Path:
        """The folder that course.toml is in."""
        return self.course.root

    @property
    def grader(self) -> Path:
        """The grader's file."""
        return self.course.grader(self.exercise)

    def submit(self, source: str, student: str = "ada") -> Path:
        """Write a submission and say where it is."""
        folder = self.root / "submissions" / student
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.exercise.filename
        path.write_text(source, "utf-8")
        return path

    def grade(self, source: str, **options: Any) -> Report:
        """The report on a submission that is this source, made by the real supervisor."""
        return grade(self.course, self.exercise, self.submit(source), **options)

    def verdicts(self, source: str, **options: Any) -> dict[str, Verdict]:
        """The verdict on each check by name."""
        return {check.name: check.verdict for check in self.grade(source, **options).checks}

    def only_check(self, source: str, **options: Any) -> Check:
        """The one check of a grader that has one."""
        (check,) = self.grade(source, **options).checks
        return check


@pytest.fixture
def tiny_course(tmp_path: Path) -> Callable[..., TinyCourse]:
    """Builds a course of one exercise: `tiny_course(grader_source, slug=…, seconds=…, …)`."""

    def build(
        grader: str,
        *,
        slug: str = "tally",
        stub: str = "",
        start_methods: tuple[str, ...] = ("fork",),
        seconds: float = 2.0,
        memory_mb: int = 1024,
        processes: int = 32,
        required_speedup: float | None = None,
        repeats: dict[str, int] | None = None,
        schedules: int = 0,
    ) -> TinyCourse:
        root = tmp_path / "course"
        for wing, name, text in (
            ("exercises", f"{slug}.py", stub or "def answer():\n    raise NotImplementedError('task 1')\n"),
            ("graders", f"test_{slug}.py", grader),
        ):
            (root / wing / f"01_{slug}").mkdir(parents=True)
            (root / wing / f"01_{slug}" / name).write_text(text, "utf-8")
        lines = [
            'title = "A tiny course"',
            "[[exercise]]",
            "number = 1",
            f'slug = "{slug}"',
            'title = "A tiny exercise"',
            'concept = "one thing"',
            "minutes = 1",
            "points = 10",
            f"start_methods = {list(start_methods)}",
            f"limits = {{ seconds = {seconds}, memory_mb = {memory_mb}, processes = {processes} }}",
        ]
        if required_speedup is not None:
            lines.append(f"required_speedup = {required_speedup}")
        if schedules:
            lines.append(f"schedules = {schedules}")
        if repeats:
            lines.append(f"repeats = {{ {', '.join(f'{name} = {n}' for name, n in repeats.items())} }}")
        lines += ["[[exercise.tasks]]", 'title = "Do it"', 'hints = ["a", "b", "c"]']
        (root / "course.toml").write_text("\n".join(lines) + "\n", "utf-8")
        course = load_course(root)
        return TinyCourse(course, course.exercises[0])

    return build


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is long is slow too: one mark is enough to keep it out of the everyday run."""
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker("slow")
