"""What a student can do with an exercise besides having it checked: hints, reset, solution.

Each is a function that both a command and a key of the view call. What they do is recorded.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError, OutputError
from manychefs.outputs.progress import Progress
from manychefs.release.stubs import make_stub
from manychefs.report import Report, Verdict

STEPS = (1, 2, 3)  # of hints: names and roles, the idea, nearly the code
_TASK = re.compile(r"\btask (\d+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: which task it is for, which step of the three, and the text."""

    task: int
    step: int
    title: str
    text: str


def next_hint(progress: Progress, exercise: Exercise, report: Report | None) -> Hint | None:
    """The hint to show next: of the task that the feedback speaks of, the first step not shown yet.

    Where its three are shown the other tasks' follow, in order. None when all were shown.
    """
    shown = progress.hints(exercise)
    number = _current_task(exercise, report)
    others = [task for task in range(1, len(exercise.tasks) + 1) if task != number]
    for task in (number, *others):
        for step in STEPS:
            if (task, step) not in shown:
                told = exercise.tasks[task - 1]
                return Hint(task, step, told.title, told.hints[step - 1])
    return None


def _current_task(exercise: Exercise, report: Report | None) -> int:
    """The number of the task that the first failing check names in its feedback; 1 if none does."""
    for check in report.checks if report else ():
        if check.verdict is Verdict.FAILED and check.feedback is not None:
            found = _TASK.search(check.feedback.next_step) or _TASK.search(check.feedback.text())
            if found and 1 <= int(found[1]) <= len(exercise.tasks):
                return int(found[1])
    return 1


# -- reset ------------------------------------------------------------------------------------


def original(course: Course, exercise: Exercise) -> bytes:
    """The exercise's file as it was given out: made from the solution, or `graders/NN_slug/stub.py`.

    Raises:
        ChefsError: if this course has neither.
    """
    solution, kept = course.solution(exercise), course.grader(exercise).with_name("stub.py")
    try:
        if solution.is_file():
            return make_stub(solution.read_text("utf-8"), solution).encode()
        return kept.read_bytes()
    except OSError as error:
        raise ChefsError(
            f"{exercise.name} cannot be put back: its file as it was given out is not there.",
            cause=f"This release of the course lacks it ({error.strerror or type(error).__name__}).",
            evidence=[f"looked for {kept}"],
            next_step=f"Get {exercise.filename} from where you got the course; your file is untouched.",
        ) from None


def reset(course: Course, progress: Progress, exercise: Exercise) -> Path | None:
    """Put an exercise's file back as it was given out; what stood there is kept first.

    Returns:
        The copy of what stood there; None if there was nothing to keep: no file, or the original already.

    Raises:
        ChefsError: if there is no original, or the copy or the file cannot be written. Then nothing is lost.
    """
    given, path = original(course, exercise), course.stub(exercise)
    try:
        while True:
            written = path.read_bytes() if path.is_file() else None
            if written == given:
                return None
            copy = progress.keep_copy(exercise, written) if written is not None else None
            # Saved again meanwhile? Then that has to be kept as well.
            if written is None or path.read_bytes() == written:
                break
        _replace(path, given)
    except OSError as error:
        raise OutputError(
            f"{path} could not be put back.",
            cause=error.strerror or type(error).__name__,
            evidence=["What you have written is still there."],
            next_step="Make room, or make the file and its folder writable, and try again.",
        ) from None
    progress.note(exercise, "reset", kept=copy.name if copy else "")
    return copy


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, with the rights that it had."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


# -- solution ---------------------------------------------------------------------------------


def solution(course: Course, progress: Progress, exercise: Exercise, *, give_up: bool = False) -> str:
    """The reference solution's text, to whoever has passed, or gives up, which is recorded.

    Raises:
        ChefsError: if it may not be shown yet, or this release has none.
    """
    earned = progress.has_passed(exercise)
    gave_up = any(each.did == "gave-up" for each in progress.events(exercise))
    number = f"{exercise.number:02}"
    if not (earned or gave_up or give_up):
        raise ChefsError(
            f"The solution of {exercise.name} is shown once you have passed it.",
            cause="A solution that was read first teaches less than one that was missed by a little.",
            evidence=[f"hints shown so far: {len(progress.hints(exercise))} of {len(exercise.tasks) * 3}"],
            next_step=f"A hint: chefs hint {number}. To see it all the same, which is recorded: "
            f"chefs solution {number} --give-up",
        )
    text = _solution_text(course, exercise)
    progress.note(exercise, "solution" if earned or gave_up else "gave-up")
    return text


def _solution_text(course: Course, exercise: Exercise) -> str:
    path = course.solution(exercise)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ChefsError(
            f"This release of the course has no solution of {exercise.name}.",
            cause="Whoever gave out the course kept the solutions back, as releases for students do.",
            evidence=[f"looked for {path}"],
            next_step="Ask your instructor for it.",
        ) from None
    return "".join(line for line in text.splitlines(keepends=True) if not line.strip().startswith("### "))
