"""A progress bar with the time left, for commands that grade many submissions."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Generator, Iterator

from manychefs.batch.run import Job, Result, grade_many
from manychefs.course import Course
from manychefs.outputs import terminal

REDRAW = 0.1  # seconds between two drawings of a line


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


@contextlib.contextmanager
def counted(total: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A line on stderr that says how many of `total` schedules have been run; give it their number.

    Args:
        quiet: no line (there is none either where stderr is no terminal).
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("schedules"), BarColumn(), MofNCompleteColumn())
    hidden = quiet or not sys.stderr.isatty()
    # No thread that draws: it would share the one CPU to which exploring keeps.
    console = terminal.console(stderr=True)
    with Progress(*columns, console=console, disable=hidden, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=total)
        drawn = 0.0

        def count(number: int) -> None:
            nonlocal drawn
            is_due = time.monotonic() > drawn + REDRAW
            drawn = time.monotonic() if is_due else drawn
            bar.update(task, completed=number, refresh=is_due)

        yield count
