"""Hostile submissions: what their headers promise, and a class in which one is graded.

    attacks/*.py     one attack each, plain Python, in place of an exercise's answer
    controls/*.py    answers of honest students, right and wrong, graded in the same way
    course/          the small exercises that both are graded by

An attack is graded by `chefs grade`, as a class of two: eve's attack, then fay's right answer to the same
exercise, one after the other in the same command. So the grading is the real one from end to end.

The header of an attack is its docstring:

    \"\"\"What it tries.

    against: tally                            the exercise of course/
    verdicts: test_adds_up failed, …          what each check must get; `failed/error` allows either
    otherwise: test_adds_up error, …          the same where its harm is not held off, or `no report`
    says: a word                              that must stand in some check's feedback (optional)
    holds: bwrap unshare landlock none        under which layers its harm is held off
    breaks: files                             the promise of docs/security.md that is not kept elsewhere
    may: landlock none                        under which it may get through or not (optional)
    escapes: yes                              its words must come out escaped (optional)
    everyday: yes                             it runs with every test run; the others are `slow`
    \"\"\"

That an attack gets through is seen from outside: by a mark that it should not have, by a canary in a
report, by a file where none may be, by a check without a verdict, by the neighbour's marks; or it says so
itself, by the words GOT THROUGH. That no process and no folder is left is asked after every test.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from manychefs.course import Course, load_course
from manychefs.report import Check, Report, Verdict
from manychefs.sandbox import tree

collect_ignore = ["course"]  # it is graded by the tests here, and is no test itself
HERE = Path(__file__).parent
LAYERS = ("bwrap", "unshare", "landlock", "none")
ATTACKER, NEIGHBOUR = "eve", "fay"
CANARIES = ("CANARY-GRADER", "CANARY-SOLUTION", "CANARY-NEIGHBOUR", "CANARY-TOKEN")
SAID = "GOT THROUGH"
MARK = "got-through"
NEIGHBOURS_BLOCK = Path("/dev/shm/chefs-neighbour-block")
ABSTRACT_SOCKET = "\0manychefs-hostile-{}"  # with the process id of the test run
LARGEST_GRADER = 300 << 20  # bytes of memory of the command, and of a grader process
GRADING_LIMIT = 100.0  # seconds for one class of two


@dataclass(frozen=True)
class Header:
    """What an attack, or a control, says of itself."""

    path: Path
    tries: str
    against: str
    verdicts: dict[str, set[str]]
    otherwise: dict[str, set[str]] | None
    says: str
    holds: frozenset[str]
    may: frozenset[str]
    breaks: str
    escapes: bool
    is_everyday: bool

    @property
    def may_pass(self) -> set[str]:
        """The checks that the attack may pass, because it answers them rightly."""
        return {name for name, verdicts in self.verdicts.items() if "passed" in verdicts}

    def expected(self, held: bool) -> dict[str, set[str]] | None:
        """The verdicts that each check may get; None where there is to be no report."""
        return self.verdicts if held else self.otherwise


def read_header(path: Path) -> Header:
    """The header of an attack or a control.

    Raises:
        ValueError: if a line is missing or is none of those above.
    """
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    tries, _, rest = text.partition("\n")
    lines = dict(re.findall(r"^(\w+): (.+)$", rest, re.MULTILINE))
    known = {"against", "verdicts", "otherwise", "says", "holds", "breaks", "may", "escapes", "everyday"}
    unread = [line for line in rest.splitlines() if line and line.partition(":")[0] not in known]
    if unread or not {"against", "verdicts", "holds"} <= lines.keys():
        raise ValueError(f"{path.name}: {unread or 'against, verdicts or holds is missing'}")
    holds, may = (frozenset(lines.get(key, "").split()) for key in ("holds", "may"))
    if not (holds | may) <= set(LAYERS):
        raise ValueError(f"{path.name}: a layer that there is not")
    return Header(
        path=path,
        tries=tries,
        against=lines["against"],
        verdicts=_verdicts(lines["verdicts"]),
        otherwise=None
        if lines.get("otherwise") == "no report"
        else _verdicts(lines.get("otherwise", lines["verdicts"])),
        says=lines.get("says", ""),
        holds=holds,
        may=may,
        breaks=lines.get("breaks", ""),
        escapes="escapes" in lines,
        is_everyday="everyday" in lines,
    )


def _verdicts(text: str) -> dict[str, set[str]]:
    pairs = (each.split() for each in text.split(","))
    return {name: set(verdicts.split("/")) for name, verdicts in pairs}


def headers(folder: str) -> list[Header]:
    """The headers of all files of attacks/ or controls/."""
    return [read_header(path) for path in sorted((HERE / folder).glob("*.py"))]


def trouble(layer: str) -> str:
    """Why a layer cannot be tried on this machine; empty if it can."""
    try:
        from manychefs.sandbox import choice
    except ImportError:
        return "" if layer == "none" else "not there yet"
    return choice.trouble(layer)


def strongest() -> str:
    """The strongest layer of this machine."""
    return next(layer for layer in LAYERS if not trouble(layer))


# -- grading ----------------------------------------------------------------------------------


@dataclass
class Graded:
    """What came of a class of two: reports by student, and what was seen besides.

    through: everything by which it was seen that an attack got through; empty when it was held off.
    peak: the largest memory, in bytes, of the command and of its graders.
    """

    layer: str
    reports: dict[str, Report] = field(default_factory=dict)
    said: str = ""
    status: int | None = None
    through: list[str] = field(default_factory=list)
    peak: int = 0

    def checks(self, student: str) -> dict[str, Check]:
        """A student's checks by name."""
        return {check.name: check for check in self.reports[student].checks}

    def erred(self) -> list[Check]:
        """The checks of the attack that got no verdict: something has happened to the grader."""
        report = self.reports.get(ATTACKER)
        return [check for check in report.checks if check.verdict is Verdict.ERROR] if report else []

    def passed(self, student: str) -> set[str]:
        """The checks that a student has passed; none where there is no report."""
        report = self.reports.get(student)
        return {check.name for check in report.checks if check.earned} if report else set()


class Kitchen:
    """A copy of the course with canaries in it, and classes that are graded by it under one layer."""

    def __init__(self, root: Path, layer: str) -> None:
        self.root = root
        self.layer = layer
        self.home = root / "home"
        self.home.mkdir(parents=True)
        self.token = secrets.token_hex(8)
        self.ci_files = {name: root / name.lower() for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH")}
        shutil.copytree(HERE / "course", root / "course", ignore=shutil.ignore_patterns("__pycache__"))
        self.course: Course = load_course(root / "course")

    def right_answer(self, against: str) -> str:
        """The source of a right answer, with the neighbour's canary in place of the solution's."""
        source = self.course.solution(self.course.find(against)).read_text("utf-8")
        return source.replace("CANARY-SOLUTION", "CANARY-NEIGHBOUR")

    def hand_in(self, student: str, against: str, source: str) -> None:
        """Put a student's answer into the class."""
        folder = self.root / "class" / student
        folder.mkdir(parents=True, exist_ok=True)
        (folder / self.course.find(against).filename).write_text(source, "utf-8")

    def grade(self, header: Header) -> Graded:
        """Grade an attack, and a right answer after it."""
        self.hand_in(ATTACKER, header.against, header.path.read_text("utf-8"))
        self.hand_in(NEIGHBOUR, header.against, self.right_answer(header.against))
        with _neighbours_block() if "blocks" in header.path.stem else contextlib.nullcontext() as is_there:
            graded = self.grade_class()
            if is_there is not None and not is_there():
                graded.through.append("the neighbour's shared memory has gone")
        graded.through += [f"marks forged: {name}" for name in graded.passed(ATTACKER) - header.may_pass]
        graded.through += [f"no verdict: {check.name}" for check in graded.erred()]
        if NEIGHBOUR in graded.reports and len(graded.passed(NEIGHBOUR)) < len(graded.checks(NEIGHBOUR)):
            graded.through.append("the neighbour's marks")
        if graded.reports.keys() != {ATTACKER, NEIGHBOUR}:
            graded.through.append("there is no report")
        return graded

    def grade_class(self, jobs: int = 1, seconds: float = GRADING_LIMIT) -> Graded:
        """Grade everybody who has handed in, and look about for what got through."""
        for path in self.ci_files.values():
            path.write_text("")
        self._seen_outside()  # what a test run left that was killed is no doing of this class
        with _listening() as called:
            graded = self._run(jobs, seconds)
            graded.through += self._seen_outside()
            if called():
                graded.through.append("somebody called the socket")
        text = "".join(report.to_json().decode() for report in graded.reports.values()) + graded.said
        graded.through += [word for word in (*CANARIES, SAID) if word in text]
        return graded

    def _run(self, jobs: int, seconds: float) -> Graded:
        words = [sys.executable, "-m", "manychefs", "--course", str(self.root / "course"), "grade"]
        words += [str(self.root / "class"), "--jobs", str(jobs), "--out", str(self.root / "out"), "--json"]
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.root,
            env=self._environment(),
            start_new_session=True,
        )
        graded = Graded(self.layer)
        with _watched(process.pid, graded):
            try:
                out, err = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGTERM)
                tree.kill_descendants(process.pid)
                process.kill()
                out, err = process.communicate()
                err += b"\nthe grading had not ended in time"
        graded.status = process.returncode
        graded.said = err.decode("utf-8", "replace")
        with contextlib.suppress(msgspec.MsgspecError):
            for student, entries in msgspec.json.decode(out, type=dict[str, dict[str, msgspec.Raw]]).items():
                for raw in entries.values():
                    if bytes(raw) != b"null":
                        graded.reports[student] = Report.from_json(bytes(raw))
        return graded

    def _environment(self) -> dict[str, str]:
        kept = ("PATH", "TMPDIR", "LANG", "COVERAGE_PROCESS_CONFIG")
        own = {name: os.environ[name] for name in kept if name in os.environ}
        ci_files = {name: str(path) for name, path in self.ci_files.items()}
        token = {"HOME": str(self.home), "DEPLOY_TOKEN": f"CANARY-TOKEN-{self.token}"}
        return own | ci_files | token | {"MANYCHEFS_CONFINEMENT": self.layer}

    def _seen_outside(self) -> list[str]:
        """What an attack has left where nothing may be; it is taken away, and told."""
        import sysconfig

        places = [Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path(sysconfig.get_paths()["purelib"])]
        places += [self.home, self.root / "course", self.root / "out", Path(os.environ["TMPDIR"])]
        found = [path for place in places for path in place.glob(f"*{MARK}*")]
        found += [path for place in (self.home, self.root / "course") for path in place.rglob(f"*{MARK}*")]
        for path in found:
            path.unlink(missing_ok=True)
        written = [name for name, path in self.ci_files.items() if path.read_text("utf-8", "replace")]
        return [f"file {path}" for path in found] + [f"written to {name}" for name in written]


@contextlib.contextmanager
def _neighbours_block() -> Iterator[Callable[[], bool]]:
    """A shared-memory block of a program that has nothing to do with the grading; says whether it is there.

    One test run at a time: an attack knows the name, and it must not be another run that removes it.
    """
    folder = os.open(NEIGHBOURS_BLOCK.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        NEIGHBOURS_BLOCK.write_bytes(bytes(16))
        yield NEIGHBOURS_BLOCK.exists
    finally:
        NEIGHBOURS_BLOCK.unlink(missing_ok=True)
        os.close(folder)


@contextlib.contextmanager
def _listening() -> Iterator[Callable[[], bool]]:
    """A program of this machine that listens on a socket; says whether somebody has called."""
    with socket.socket(socket.AF_UNIX) as here:
        here.bind(ABSTRACT_SOCKET.format(os.getpid()))
        here.listen(8)
        here.setblocking(False)

        def called() -> bool:
            with contextlib.suppress(BlockingIOError):
                here.accept()[0].close()
                return True
            return False

        yield called


@contextlib.contextmanager
def _watched(pid: int, graded: Graded) -> Iterator[None]:
    """Note the largest memory of the command and of the graders that it starts, as the kernel counts it."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.02):
            for each in (pid, *tree.children(pid)):
                graded.peak = max(graded.peak, _peak_of(each))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _peak_of(pid: int) -> int:
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/status").read_text()
        if found := re.search(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE):
            return int(found[1]) << 10
    return 0


@pytest.fixture
def kitchen(own_tmpdir: Path) -> Callable[[str], Kitchen]:
    """Builds the course with its canaries, to grade under a layer."""
    return lambda layer: Kitchen(own_tmpdir / "kitchen", layer)
