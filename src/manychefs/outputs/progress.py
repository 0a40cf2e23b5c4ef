"""What a student has done so far, kept in the course's folder `.chefs/`, which git does not see.

    .chefs/reports/NN_slug.json   the last report of each exercise, with digests of what it was made from
    .chefs/record.jsonl           a line for each thing done: passed, hint, gave-up, solution, reset
    .chefs/kept/NN_slug-TIME.py   the files that resets have put away

A report is written whole or not at all. The record is only ever added to, a line in one system call: whoever
is killed in between has at most left a line without an end, which is read over.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

import manychefs
from manychefs import files
from manychefs.course import Course, Exercise
from manychefs.errors import OutputError
from manychefs.outputs.scores import is_unwritten
from manychefs.report import Report, Verdict

FOLDER = ".chefs"

Deed = Literal["passed", "hint", "gave-up", "solution", "reset"]


class Digests(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """What a report was made from: as long as all four stay the same, so does the report.

    grader: all Python files of its folder. exercise: the entry in course.toml. engine: the kit's own files,
    and the Python that runs them.
    """

    submission: str
    grader: str
    exercise: str
    engine: str


class Kept(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A report as `.chefs/reports` keeps it."""

    digests: Digests
    report: msgspec.Raw
    schema: Literal["manychefs/kept/1"] = "manychefs/kept/1"


class Event(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the record.

    task, step: of a hint. kept: of a reset, the name of the copy in `.chefs/kept`.
    """

    at: str
    exercise: str
    did: Deed
    task: int = 0
    step: int = 0
    kept: str = ""


def is_done(report: Report) -> bool:
    """Whether an exercise is done: nothing failed, and what could be judged here passed."""
    return report.verdict in (Verdict.PASSED, Verdict.INCONCLUSIVE) and report.score > 0


def digests_of(course: Course, exercise: Exercise) -> Digests:
    """The digests of the student's file, its grader, its entry in course.toml and the engine, as of now.

    A file that cannot be read has the digest of nothing.
    """
    return Digests(
        submission=_digest(_bytes_of(course.stub(exercise))),
        grader=_digest(b"\0".join(map(_bytes_of, sorted(course.grader(exercise).parent.glob("*.py"))))),
        exercise=_digest(msgspec.json.encode(exercise)),
        engine=_engine(),
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@cache
def _engine() -> str:
    """A digest of the kit's own files: a version's number alone does not tell two states of it apart."""
    total = hashlib.sha256(f"{manychefs.__version__} {platform.python_version()}".encode())
    root = Path(manychefs.__file__).parent
    for path in sorted(root.rglob("*.py")):
        total.update(str(path.relative_to(root)).encode() + b"\0" + _bytes_of(path))
    return total.hexdigest()


class Progress:
    """The progress kept in one course's folder. Read anew each time: other commands write it as well."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self.folder = course.root / FOLDER

    # -- reports ----------------------------------------------------------------------------------

    def last(self, exercise: Exercise) -> tuple[Report, Digests] | None:
        """The last report of an exercise and what it was made from; None if there is none to be read."""
        try:
            kept = msgspec.json.decode(self._report(exercise).read_bytes(), type=Kept)
            return Report.from_json(bytes(kept.report)), kept.digests
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def current(self, exercise: Exercise) -> Report | None:
        """The last report, if nothing that it was made from has changed since."""
        found = self.last(exercise)
        if found is None or found[1] != digests_of(self._course, exercise):
            return None
        return found[0]

    def keep(self, exercise: Exercise, report: Report, before: Digests) -> None:
        """Keep a report as the exercise's last one, and record the first time that it is passed.

        Args:
            before: the digests from before the grading. If the file has been saved since, it is open which of
                the two was graded: the report is kept, and counts for neither.

        Raises:
            OutputError: if it cannot be written.
        """
        is_open = digests_of(self._course, exercise) != before
        digests = msgspec.structs.replace(before, submission="") if is_open else before
        kept = Kept(digests=digests, report=msgspec.Raw(report.to_json()))
        self._prepare()
        _write(self._report(exercise), msgspec.json.format(msgspec.json.encode(kept)) + b"\n")
        if is_done(report) and not self.has_passed(exercise):
            self.note(exercise, "passed")

    def _report(self, exercise: Exercise) -> Path:
        return self.folder / "reports" / f"{exercise.name}.json"

    # -- the record -------------------------------------------------------------------------------

    def events(self, exercise: Exercise | None = None) -> list[Event]:
        """What was recorded, in order; of one exercise, or of all. Lines that cannot be read are left out."""
        return [each for each in self._lines() if exercise is None or each.exercise == exercise.name]

    def _lines(self) -> Iterator[Event]:
        for line in _bytes_of(self._record).splitlines():
            with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
                yield msgspec.json.decode(line, type=Event)

    def note(self, exercise: Exercise, did: Deed, *, task: int = 0, step: int = 0, kept: str = "") -> None:
        """Add a line to the record.

        Raises:
            OutputError: if it cannot be written.
        """
        at = datetime.now(UTC).isoformat(timespec="seconds")
        event = Event(at=at, exercise=exercise.name, did=did, task=task, step=step, kept=kept)
        self._prepare()
        try:
            descriptor = os.open(self._record, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                # Whoever was killed, or found the disk full, may have left a line without an end.
                size = os.fstat(descriptor).st_size
                torn = size > 0 and _last_byte(self._record) != b"\n"
                # No fsync: keys of the view wait for this, and it outlives a kill all the same.
                os.write(descriptor, b"\n" * torn + msgspec.json.encode(event) + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _unkept(self._record, error.strerror) from None

    def has_passed(self, exercise: Exercise) -> bool:
        """Whether the exercise was ever passed."""
        return any(each.did == "passed" for each in self.events(exercise))

    def passed(self) -> set[str]:
        """Names of all exercises that were ever passed."""
        return {each.exercise for each in self.events() if each.did == "passed"}

    def hints(self, exercise: Exercise) -> set[tuple[int, int]]:
        """The hints that were shown: (task, step)."""
        return {(each.task, each.step) for each in self.events(exercise) if each.did == "hint"}

    def next_exercise(self) -> Exercise | None:
        """The first exercise that was never passed; None when all were."""
        passed = self.passed()
        return next((each for each in self._course.exercises if each.name not in passed), None)

    @property
    def _record(self) -> Path:
        return self.folder / "record.jsonl"

    # -- copies -----------------------------------------------------------------------------------

    def keep_copy(self, exercise: Exercise, data: bytes) -> Path:
        """Put a copy of what the student has written into `.chefs/kept`, under a name that is not taken.

        Raises:
            OutputError: if it cannot be written.
        """
        self._prepare()
        time = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        names = (f"{exercise.name}-{time}{f'-{n}' if n else ''}.py" for n in range(10_000))
        path = next(each for name in names if not (each := self.folder / "kept" / name).exists())
        _write(path, data)
        return path

    def _prepare(self) -> None:
        """Make the folder, in which git ignores everything, whatever the course's own .gitignore says."""
        ignore = self.folder / ".gitignore"
        try:
            if not ignore.exists():
                self.folder.mkdir(exist_ok=True)
                ignore.write_bytes(b"*\n")
        except OSError as error:
            raise _unkept(self.folder, error.strerror) from None


def _write(path: Path, data: bytes) -> None:
    try:
        files.write(path, data)
    except OutputError as error:
        raise _unkept(path, error.feedback.cause) from None


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1)


def _unkept(path: Path, cause: str | None) -> OutputError:
    return OutputError(
        f"Your progress could not be kept in {path}.",
        cause=cause or "The system did not say why.",
        evidence=["What was kept before is still there, and your own files are untouched."],
        next_step="Make room, or make the course's folder writable.",
    )


# -- where a student stands -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a student stands with one exercise.

    report: the last one. passed: whether it was ever passed. changed: whether the file, or what it is checked
    with, has changed since the report. hints: how many were shown.
    """

    exercise: Exercise
    report: Report | None
    passed: bool
    changed: bool
    hints: int
    gave_up: bool

    @property
    def sign(self) -> str:
        """`✓` passed, `✗` begun, `·` not begun."""
        return "✓" if self.passed else "✗" if self.is_begun else "·"

    @property
    def is_begun(self) -> bool:
        """Whether something was written: a stub that was checked is not begun."""
        return self.report is not None and not is_unwritten(self.report)

    def words(self) -> str:
        """`passed`, `begun, 2 hints`, … to follow the exercise's name."""
        now = self.report is None or is_done(self.report)
        words = ["passed" if now else "passed before, not now"] if self.passed else []
        words += [] if self.passed else ["begun" if self.is_begun else "not begun"]
        words += ["changed since"] if self.changed and self.is_begun else []
        words += [f"{self.hints} hint{'s' * (self.hints > 1)}"] if self.hints else []
        return ", ".join([*words, *(["solution before passing"] if self.gave_up else [])])


def standings(course: Course) -> list[Standing]:
    """Where the student stands with each exercise of the course."""
    progress = Progress(course)
    events = progress.events()
    found = []
    for exercise in course.exercises:
        did = [each.did for each in events if each.exercise == exercise.name]
        last = progress.last(exercise)
        hints = {
            (each.task, each.step) for each in events if (each.exercise, each.did) == (exercise.name, "hint")
        }
        found.append(
            Standing(
                exercise,
                last[0] if last else None,
                passed="passed" in did,
                changed=last is not None and last[1] != digests_of(course, exercise),
                hints=len(hints),
                gave_up="gave-up" in did,
            )
        )
    return found


def bar(done: int, total: int, width: int) -> str:
    """`█████░░░░░`: how much of the course is done, in so many characters."""
    filled = round(width * done / total) if total else 0
    # Neither empty once something is done, nor full before everything is.
    filled = min(max(filled, done > 0), width - (done < total))
    return "█" * filled + "░" * (width - filled)
