"""Stubs: a solution with its SOLUTION blocks taken out.

# Task 2: beat the eggs                       # Task 2: beat the eggs
### BEGIN SOLUTION                    ──►     raise NotImplementedError("task 2: beat the eggs")
for egg in eggs:
    whisk(egg)
### END SOLUTION
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from manychefs.course import Course, Exercise
from manychefs.errors import CourseError, OutputError

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
KEPT = ".before-stubs"
_TASK = re.compile(r"^\s*# Task (\d+): (.*)$")


def make_stub(solution: str, path: Path) -> str:
    """The stub's text, from the solution's.

    Args:
        path: where the solution is, for errors.

    Raises:
        CourseError: if the markers do not pair, or a block has no `# Task N: …` above it.
    """
    lines: list[str] = []
    task = ""
    begun = blocks = 0
    for number, line in enumerate(solution.splitlines(), 1):
        marker = line.strip()
        if found := _TASK.match(line):
            task = f"task {found[1]}: {found[2]}"
        if marker == BEGIN:
            if begun or not task:
                raise _bad_markers(path, number, "a block inside a block" if begun else "no task above")
            begun, blocks = number, blocks + 1
            indent = line[: len(line) - len(line.lstrip())]
            lines.append(f"{indent}raise NotImplementedError({_quoted(task)})")
        elif marker == END:
            if not begun:
                raise _bad_markers(path, number, "an end without a beginning")
            begun = 0
        elif not begun:
            lines.append(line)
    if begun:
        raise _bad_markers(path, begun, "a beginning without an end")
    if not blocks:
        raise _bad_markers(path, 1, "no SOLUTION block at all")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bad_markers(path: Path, line: int, what: str) -> CourseError:
    return CourseError(
        f"The SOLUTION markers in {path} do not fit together.",
        cause=f"There is {what}.",
        evidence=[f"{path}:{line}"],
        next_step=f"Each block is `# Task N: …`, `{BEGIN}`, the code, `{END}`.",
    )


def stub_of(course: Course, exercise: Exercise) -> str:
    """The stub of an exercise, made from its solution.

    Raises:
        CourseError: if there is no solution or its markers are wrong.
    """
    path = course.solution(exercise)
    try:
        solution = path.read_text("utf-8")
    except OSError as error:
        raise CourseError(
            f"{exercise.name} has no solution to make a stub from.",
            cause=error.strerror or "It cannot be read.",
            evidence=[str(path)],
            next_step="Write the solution first; the stub is made from it.",
        ) from None
    return make_stub(solution, path)


def write_stub(course: Course, exercise: Exercise) -> str:
    """Write the stub; what stood there and differs is kept beside it.

    Returns:
        `unchanged`, `written`, or `written, the old file kept as NAME`.

    Raises:
        CourseError: see `stub_of`. OutputError: if it cannot be written.
    """
    text, path = stub_of(course, exercise), course.stub(exercise)
    try:
        before = path.read_bytes() if path.exists() else None
        if before == text.encode():
            return "unchanged"
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = ""
        if before is not None:
            copy = _unused(path.with_name(path.name + KEPT))
            copy.write_bytes(before)
            kept = f", the old file kept as {copy.name}"
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(text, "utf-8")
        draft.replace(path)
        return f"written{kept}"
    except OSError as error:
        raise OutputError(
            f"The stub {path} could not be written.",
            cause=error.strerror or type(error).__name__,
            next_step="Make room, or make the folder writable, and run it again.",
        ) from None


def _unused(path: Path) -> Path:
    """`path`, or the first of path.2, path.3, … that is not there: no earlier copy is lost."""
    candidates = (path if n == 1 else path.with_name(f"{path.name}.{n}") for n in range(1, 10_000))
    return next(candidate for candidate in candidates if not candidate.exists())
