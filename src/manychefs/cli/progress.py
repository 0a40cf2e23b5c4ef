"""A progress bar with the time left, for commands that grade many submissions."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator

from manychefs.batch.run import Job, Result, grade_many
from manychefs.course import Course
from manychefs.outputs import terminal


def graded(course: Course, jobs: list[Job], slots: int, quiet: bool) -> Generator[Result, None, None]:
    """The results of `jobs` as they come, under a progress bar on stderr.

    Args:
        quiet: no bar (there is none either where stderr is no terminal).
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    hidden = quiet or not sys.stderr.isatty()
    bar = Progress(*columns, console=terminal.console(stderr=True), disable=hidden, transient=True)
    with bar, contextlib.closing(grade_many(course, jobs, slots)) as results:
        task = bar.add_task("", total=len(jobs))
        for result in results:
            bar.update(task, advance=1, description=f"{result.job.exercise.name} {result.job.student}")
            yield result
