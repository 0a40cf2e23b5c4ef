"""Checks the exercise that a student works at, and drops what it is doing when they save again.

    ask(exercise) ──► wish: only the newest counts ──► one thread ──► supervisor.grade ──► graders
         │                                                │
         └── stop, if another run is in progress          └──► tell(news): Began, Planned, Checked, …, Ended

One thread, for as long as the checker lives, waits for all graders: they die with the thread that adopted
them. A run that is dropped ends with all its processes before the next one begins, and tells nothing more.
News come from that thread; whoever shows them brings them into its own.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from manychefs.course import Course, Exercise, StartMethod
from manychefs.errors import ChefsError
from manychefs.grading import supervisor
from manychefs.outputs.progress import Digests, Progress, digests_of
from manychefs.report import Check, Feedback, Report, Verdict, clean


@dataclass(frozen=True, slots=True)
class Began:
    """A run has begun."""

    exercise: Exercise


@dataclass(frozen=True, slots=True)
class Planned:
    """The checks that this run is going to make, in order, still without a verdict."""

    exercise: Exercise
    checks: list[Check]


@dataclass(frozen=True, slots=True)
class Waits:
    """A check waits for cores that another grading holds."""

    exercise: Exercise


@dataclass(frozen=True, slots=True)
class Held:
    """A check has held under one start method, and goes on with the next."""

    exercise: Exercise
    name: str
    method: StartMethod


@dataclass(frozen=True, slots=True)
class Checked:
    """A check has its verdict."""

    exercise: Exercise
    check: Check


@dataclass(frozen=True, slots=True)
class Ended:
    """A run has its report.

    unchanged: nothing has changed since an earlier run, so this is the report of that one; its checks were
    not told. unkept: why the report could not be kept.
    """

    exercise: Exercise
    report: Report
    unchanged: bool = False
    unkept: Feedback | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """There is nothing to check: the file is missing, or is not Python."""

    exercise: Exercise
    why: Feedback


News = Began | Planned | Waits | Held | Checked | Ended | Refused


@dataclass(slots=True)
class _Wish:
    exercise: Exercise
    again: bool
    stop: threading.Event


class Checker:
    """Checks one exercise at a time, the one that was asked for last.

    Args:
        tell: called with the news, from the checker's own thread. It must not wait for the checker.
        confinement: see `supervisor.grade`.
    """

    def __init__(self, course: Course, tell: Callable[[News], None], confinement: str = "") -> None:
        self._course = course
        self._progress = Progress(course)
        self._tell = tell
        self._confinement = confinement
        self._changed = threading.Condition()
        self._wish: _Wish | None = None
        self._doing: _Wish | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="checker", daemon=True)
        self._thread.start()

    def ask(self, exercise: Exercise, *, again: bool = False) -> None:
        """Drop the run in progress, if there is one, and check `exercise` next. Returns at once.

        Args:
            again: also if nothing has changed since it was last checked.
        """
        with self._changed:
            self._drop()
            self._wish = _Wish(exercise, again, threading.Event())
            self._changed.notify_all()

    def is_busy(self) -> bool:
        """Whether a run is in progress or asked for."""
        with self._changed:
            return self._wish is not None or self._doing is not None

    def wait(self) -> None:
        """Return once nothing is in progress and nothing is asked for."""
        with self._changed:
            # Short waits: one without end cannot be interrupted by Ctrl-C everywhere.
            while self._wish is not None or self._doing is not None:
                self._changed.wait(0.2)

    def close(self) -> None:
        """Drop the run in progress; when this returns, its processes have ended."""
        with self._changed:
            self._closed = True
            self._wish = None
            self._drop()
            self._changed.notify_all()
        self._thread.join()

    def _drop(self) -> None:
        if self._doing is not None:
            self._doing.stop.set()

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            try:
                self._check(wish)
            finally:
                with self._changed:
                    self._doing = None
                    self._changed.notify_all()

    def _next(self) -> _Wish | None:
        with self._changed:
            while self._wish is None and not self._closed:
                self._changed.wait()
            self._doing, self._wish = self._wish, None
            return None if self._closed else self._doing

    def _check(self, wish: _Wish) -> None:
        exercise = wish.exercise

        def tell(news: News) -> None:
            if not wish.stop.is_set():
                self._tell(news)

        try:
            before = digests_of(self._course, exercise)
            current = None if wish.again else self._progress.current(exercise)
            if current is not None and all(check.verdict is not Verdict.ERROR for check in current.checks):
                return tell(Ended(exercise, current, unchanged=True))
            tell(Began(exercise))
            if (why := not_python(self._course, exercise)) is not None:
                return tell(Refused(exercise, why))
            report = supervisor.grade(
                self._course,
                exercise,
                self._course.stub(exercise),
                on_check=lambda check: tell(Checked(exercise, check)),
                on_wait=lambda: tell(Waits(exercise)),
                on_held=lambda name, method: tell(Held(exercise, name, method)),
                on_plan=lambda checks: tell(Planned(exercise, checks)),
                confinement=self._confinement,
                stop=wish.stop,
                side_by_side=supervisor.usual_graders(),
                preview=True,
            )
            if not wish.stop.is_set():
                tell(Ended(exercise, report, unkept=self._keep(exercise, report, before)))
        except ChefsError as error:
            tell(Refused(exercise, error.feedback))
        except Exception as error:  # the view stays, whatever happens to one run
            tell(Refused(exercise, _trouble(error)))

    def _keep(self, exercise: Exercise, report: Report, before: Digests) -> Feedback | None:
        try:
            self._progress.keep(exercise, report, before)
        except ChefsError as error:
            return error.feedback
        return None


def _trouble(error: Exception) -> Feedback:
    return Feedback(
        happened="This run could not be carried out: the kit or the machine failed.",
        cause="This is not your program's fault. The disk may be full, or a limit of the machine reached.",
        evidence=[f"{type(error).__name__}: {clean(str(error), 500)}"],
        next_step="Run it again; if it stays, report it with the line above.",
    )


def not_python(course: Course, exercise: Exercise) -> Feedback | None:
    """What is wrong with the student's file that no check need be run to see: it is not Python.

    Reading is all that is done with it here, no line of it is run. It takes a few milliseconds, where the
    first check takes some hundred. Anything else that is wrong with the file is the grading's to tell.
    """
    path = course.stub(exercise)
    try:
        source = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, path.name, "exec", dont_inherit=True)
    except SyntaxError as error:
        return _syntax(error, exercise)
    except (OSError, ValueError, MemoryError, RecursionError):
        return None
    return None


def _syntax(error: SyntaxError, exercise: Exercise) -> Feedback:
    where = f"{exercise.filename}:{error.lineno or 1}"
    evidence = [f"{where}: {error.msg}"]
    if text := (error.text or "").rstrip("\n"):
        evidence.append(f"    {clean(text, 200)}")
        if error.offset and error.offset <= len(text) + 1:
            end = error.end_offset or 0
            width = max(1, end - error.offset) if error.end_lineno in (None, error.lineno) else 1
            evidence.append("    " + " " * (error.offset - 1) + "^" * min(width, 80))
    return Feedback(
        happened=f"{exercise.filename} is not Python yet: nothing of it can be run.",
        cause=f"Line {error.lineno or 1}, or the one above it, has a mistake in its writing.",
        evidence=evidence,
        next_step="Mend that line and save: the checks start by themselves.",
    )
