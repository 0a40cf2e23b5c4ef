"""What a grading keeps in its folder, so that nothing is graded twice and nothing that was graded is lost.

    DIR/journal                          a line as a check of a submission gets its verdict
    DIR/reports/STUDENT/EXERCISE.json    a report, once all checks have theirs
    DIR/class.json                       who is in the class, and what became of each submission

    job ──key──► is its report there?  yes: reused
                 are verdicts there?   yes: only the other checks are run
                                            │ planned, ended: from the threads that grade
                                            ▼
                                         journal (appended, on disk before the next check starts)

The key is a hash of all that a report hangs on: the submission's bytes, whose it is, the exercise as
course.toml has it, its grader, and the engine. The layer that confined it is no part of the key: what was
graded in another one stands, unless this grading does not allow that one. A line that a kill or a power cut
has torn is cut off by the next grading, which also leaves away the lines of what has a report by now, and
clears away what a killed grading had in the system's temporary folder. A check that ended in an error has no
verdict: it is run again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

import msgspec

import manychefs
from manychefs import files
from manychefs.batch.run import Job, Result
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError, CourseError
from manychefs.grading.submission import read_submission
from manychefs.grading.supervisor import Begun
from manychefs.report import Check, ClassTable, Entry, Lateness, Refused, Report, Verdict
from manychefs.sandbox.confinement import LAYERS
from manychefs.sandbox.scratch import remove_scratch_of

JOURNAL = "journal"
RECORD = "class.json"
JUDGING = ("course.py", "report.py", "grading", "interleavings", "sandbox", "speedup")
"""What of the engine a verdict hangs on."""
ANSWERS = ("wrong", "right")  # of a grader's folder, what only `chefs validate` reads


# -- the journal --------------------------------------------------------------------------------


class Planned(msgspec.Struct, tag="planned"):
    """A submission's grading begins: these are its checks, and the layer that confines it."""

    key: str
    checks: list[Check]
    confinement: str = ""


class Ended(msgspec.Struct, tag="ended"):
    """A check has its verdict."""

    key: str
    check: Check


class Graded(msgspec.Struct, tag="graded"):
    """All checks have their verdicts, and the report is written."""

    key: str
    student: str
    exercise: str


Line = Planned | Ended | Graded


def read_journal(path: Path) -> Iterator[tuple[Line, bytes]]:
    """The whole lines of a journal, each also as it stands there; what is torn ends it."""
    decoder = msgspec.json.Decoder(Line)
    try:
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    return
                yield decoder.decode(line), line
    except (FileNotFoundError, msgspec.MsgspecError):
        return


@dataclass(slots=True)
class _Known:
    """What the journal says of one key."""

    confinement: str = ""
    planned: list[Check] = field(default_factory=list)
    ended: dict[str, Check] = field(default_factory=dict)


class Kept:
    """The folder of a grading, while this process grades into it: `with Kept(DIR) as kept`.

    Args:
        regrade: forget what was graded before. Reports stay until they are replaced.
        layers: what was graded in one of these counts as graded (default: any). Whoever asks for walls is not
            given verdicts that were made without.

    Raises:
        OutputError: if the folder cannot be written to.
        ChefsError: if another grading writes to it.
    """

    def __init__(self, folder: Path, regrade: bool = False, layers: Collection[str] = LAYERS) -> None:
        self.folder = folder
        self._layers = layers
        self.reports: set[tuple[str, str]] = set()
        """Students and exercises whose reports stand and are of what was handed in now."""
        self._graded: set[str] = set()
        self._begun: dict[str, _Known] = {}
        self._writing = threading.Lock()
        files.prepare(folder)
        self._lock = _lock(folder)
        try:
            if not regrade:
                self._recover()
            self._rewrite()
            self._file = os.open(folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Kept:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._file)
        os.close(self._lock)

    # What is known ---------------------------------------------------------------------------

    def work(self, course: Course, jobs: Iterable[Job]) -> Iterator[Job | Result]:
        """For each job, with its key: the result that is known already, or the job with what it lacks.

        Submissions are read here, one by one; one that cannot be is a result as well.
        """
        for job in jobs:
            try:
                source = read_submission(job.submission, job.exercise)
            except ChefsError as error:
                yield Result(job, refused=error)
                continue
            key = job_key(course, job, source.data or b"")
            job = replace(job, submission=source, key=key, begun=self._begun_of(key))
            report = self._report_of(job)
            yield job if report is None else Result(job, report, reused=True)

    def _report_of(self, job: Job) -> Report | None:
        if job.key not in self._graded:
            return None
        report = files.read_report(self.folder, job.student, job.exercise.name)
        return report if report is not None and report.confinement in self._layers else None

    def _begun_of(self, key: str) -> Begun | None:
        known = self._begun.get(key)
        if known is None or not known.planned or known.confinement not in self._layers:
            return None
        return Begun(known.planned, list(known.ended.values()))

    # What gets known -------------------------------------------------------------------------

    def on_plan(self, job: Job, checks: list[Check]) -> None:
        """Note the checks of a submission; called from any thread."""
        self._append(Planned(job.key, checks, job.confinement))

    def on_check(self, job: Job, check: Check) -> None:
        """Note a verdict, before the next check can have one; called from any thread."""
        if check.verdict is not Verdict.ERROR:
            self._append(Ended(job.key, check))

    def keep(self, result: Result, late: Lateness | None = None) -> None:
        """Write the report of a result, with how late it came, unless it stands there as it is.

        Raises:
            OutputError: if it cannot be written.
        """
        report, key = result.report, result.job.key
        if report is None:
            return
        if not result.reused or report.late != late:
            report.late = late
            files.write_report(self.folder, report)
        self.reports.add((report.student, report.exercise))
        if result.reused:
            return
        self._begun.pop(key, None)
        if not any(check.verdict is Verdict.ERROR for check in report.checks):
            self._append(Graded(key, report.student, report.exercise))
            self._graded.add(key)

    def _append(self, line: Line) -> None:
        data = msgspec.json.encode(line) + b"\n"
        try:
            with self._writing:
                written = os.write(self._file, data)
                if written < len(data):  # a full disk; the rest would make two lines of it
                    os.ftruncate(self._file, os.lseek(self._file, 0, os.SEEK_END) - written)
                    raise OSError(28, "No space left on device")
            os.fsync(self._file)
        except OSError as error:
            raise files.unwritable(self.folder / JOURNAL, error) from None

    # Taking up -------------------------------------------------------------------------------

    def _recover(self) -> None:
        for line, _ in read_journal(self.folder / JOURNAL):
            if isinstance(line, Graded):
                self._graded.add(line.key)
                self._begun.pop(line.key, None)
            elif isinstance(line, Planned):
                known = self._begun.setdefault(line.key, _Known())
                if known.confinement != line.confinement:
                    known.ended.clear()
                known.planned, known.confinement = line.checks, line.confinement
            else:
                self._begun.setdefault(line.key, _Known()).ended[line.check.name] = line.check

    def _rewrite(self) -> None:
        """Leave away torn lines, and those of what has a report."""
        path = self.folder / JOURNAL

        def kept() -> Iterator[bytes]:
            for line, data in read_journal(path):
                if line.key in (self._graded if isinstance(line, Graded) else self._begun):
                    yield data

        if path.exists():
            files.write_parts(path, kept())


def _lock(folder: Path) -> int:
    """Have the folder to ourselves; the lock goes with this process, however it ends."""
    path = folder / f"{JOURNAL}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise files.unwritable(path, error) from None
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        pass  # Windows: up to the instructor
    except BlockingIOError:
        os.close(descriptor)
        raise ChefsError(
            f"Another grading writes to {folder}.",
            cause="A `chefs grade` with this --out folder is still running, here or in another terminal.",
            evidence=[f"locked: {path}"],
            next_step="Wait for it, or name another folder: --out DIR.",
        ) from None
    except OSError:
        pass  # a file system without locks
    before = os.read(descriptor, 20)
    if before.isdigit():  # whoever wrote that has no lock any more: it has ended, one way or the other
        remove_scratch_of(int(before))
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


# -- keys ---------------------------------------------------------------------------------------


def job_key(course: Course, job: Job, data: bytes) -> str:
    """What tells this job's report from any other: a hash of all that it hangs on."""
    options = [job.sought, str(job.seed), str(job.few_rounds)]
    how = [job.student, *options, *job.methods, "", *sorted(job.without), "", *sorted(job.only)]
    parts = [data, engine().encode(), _exercise(course, job.exercise).encode(), "\0".join(how).encode()]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:40]


_digests: dict[object, str] = {}


def engine() -> str:
    """A hash of the engine's judging parts, and of the Python that runs them."""
    if "engine" not in _digests:
        root = Path(manychefs.__file__).parent
        paths = [path for name in JUDGING for path in _python_files(root / name)]
        python = ".".join(platform.python_version_tuple()[:2])
        _digests["engine"] = _digest(root, paths, f"{manychefs.__version__} {python}".encode())
    return _digests["engine"]


def _exercise(course: Course, exercise: Exercise) -> str:
    """A hash of what course.toml says of an exercise, but for its date, and of its grader."""
    place = (course.root, exercise.name)
    if place not in _digests:
        folder = course.grader(exercise).parent
        paths = [
            path
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            and path.relative_to(folder).parts[0] not in ANSWERS
            and "__pycache__" not in path.parts
        ]
        entry = msgspec.to_builtins(exercise)
        del entry["due"]
        try:
            _digests[place] = _digest(folder, paths, msgspec.json.encode(entry))
        except OSError as error:
            raise CourseError(
                f"The grader of {exercise.name} cannot be read.",
                cause=error.strerror or type(error).__name__,
                evidence=[str(folder)],
                next_step="Get the folder back, or take the exercise out of course.toml.",
            ) from None
    return _digests[place]


def _python_files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _digest(root: Path, paths: list[Path], more: bytes) -> str:
    digest = hashlib.sha256(more)
    for path in paths:
        name = str(path.relative_to(root)).encode()
        digest.update(b"\0" + name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


# -- the class ----------------------------------------------------------------------------------


class Pupil(msgspec.Struct, kw_only=True):
    """A student in a class's record. id: the platform's number. refused, waiting: exercises without a report,
    with the reason. graded: those with one."""

    name: str
    id: str = ""
    graded: list[str] = []
    refused: dict[str, str] = {}
    waiting: dict[str, str] = {}


class Record(msgspec.Struct, kw_only=True):
    """What a grading knows of its class besides the reports. exercises: those of the table, in order.
    left_out: files that were not graded, in words."""

    title: str
    exercises: list[str]
    students: list[Pupil]
    left_out: list[str] = []
    schema: str = "manychefs/class/1"


def write_record(folder: Path, record: Record) -> None:
    """Write DIR/class.json.

    Raises:
        OutputError: if it cannot be written.
    """
    files.write(folder / RECORD, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def read_record(folder: Path) -> Record:
    """The record of the grading in a folder.

    Raises:
        ChefsError: if there is none.
    """
    try:
        return msgspec.json.decode((folder / RECORD).read_bytes(), type=Record)
    except OSError as error:
        cause = f"{RECORD}: {error.strerror}"
    except msgspec.MsgspecError as error:
        cause = f"{RECORD} is not what `chefs grade` writes: {error}"
    raise ChefsError(
        f"{folder} is not the folder of a grading.",
        cause=cause,
        evidence=[str(folder.resolve())],
        next_step="Give the folder that `chefs grade … --out DIR` has written.",
    )


def table(folder: Path, record: Record) -> ClassTable:
    """The class's table. Reports are read from disk each time that they are asked for, and not kept."""
    return _Table(folder, record)


class _Table(Mapping[str, Mapping[str, Entry]]):
    def __init__(self, folder: Path, record: Record) -> None:
        self._folder = folder
        self._exercises = record.exercises
        self._students = {student.name: student for student in record.students}

    def __getitem__(self, student: str) -> Mapping[str, Entry]:
        return _Row(self._folder, self._students[student], self._exercises)

    def __iter__(self) -> Iterator[str]:
        return iter(self._students)

    def __len__(self) -> int:
        return len(self._students)


class _Row(Mapping[str, Entry]):
    def __init__(self, folder: Path, student: Pupil, exercises: list[str]) -> None:
        self._folder = folder
        self._student = student
        self._exercises = exercises

    def __getitem__(self, exercise: str) -> Entry:
        if exercise not in self._exercises:
            raise KeyError(exercise)
        if exercise in self._student.refused:
            return Refused(reason=self._student.refused[exercise])
        if exercise in self._student.waiting:
            return Refused(reason=self._student.waiting[exercise], waiting=True)
        if exercise in self._student.graded:
            report = files.read_report(self._folder, self._student.name, exercise)
            return report or Refused(reason="its report is gone or damaged: grade it again", waiting=True)
        return None

    def __iter__(self) -> Iterator[str]:
        return iter(self._exercises)

    def __len__(self) -> int:
        return len(self._exercises)


@contextlib.contextmanager
def room_for_archives(folder: Path) -> Iterator[Path]:
    """A folder in DIR for what comes out of a class's archives; a killed grading's is cleared away first."""
    import shutil

    room = folder / ".handed-in"
    shutil.rmtree(room, ignore_errors=True)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
