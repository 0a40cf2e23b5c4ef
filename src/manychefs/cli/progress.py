"""Progress with the time left, for commands that grade many submissions."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator

from manychefs.batch.run import Job, Result, grade_many
from manychefs.course import Course
from manychefs.outputs import terminal

REDRAW = 0.1  # seconds between two drawings of a line
PLAIN_LINES = 10.0  # seconds between two lines where there is no terminal


def graded(course: Course, jobs: list[Job], slots: int, quiet: bool) -> Generator[Result, None, None]:
    """The results of `jobs` as they come, under a progress bar on stderr.

    Args:
        quiet: no bar (there is none either where stderr is no terminal).
    """
    quiet = quiet or not sys.stderr.isatty()
    with contextlib.closing(grade_many(course, jobs, slots)) as results:
        yield from watched(results, Counter(job.exercise.name for job in jobs), slots, quiet)


class Pace:
    """How long what is left is going to take: by exercise, because one takes ten times what another does.

    Args:
        planned: submissions of each exercise.
        slots: how many are graded at a time.
    """

    def __init__(self, planned: Counter[str], slots: int) -> None:
        self.total = planned.total()
        self.ended = 0
        self._left = planned.copy()
        self._slots = slots
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)

    def note(self, result: Result) -> None:
        """A submission has its result."""
        self.ended += 1
        self._left[result.job.exercise.name] -= 1
        if result.report is not None and not result.reused:
            self._seconds[result.job.exercise.name].append(result.report.seconds)

    def seconds_left(self) -> float | None:
        """Seconds for what is left; None where nothing has been graded yet."""
        taken = {name: sum(each) / len(each) for name, each in self._seconds.items()}
        if not taken:
            return None
        middling = sum(taken.values()) / len(taken)
        work = sum(count * taken.get(name, middling) for name, count in self._left.items())
        return work / min(self._slots, max(1, self.total - self.ended))

    def text(self) -> str:
        """`about 12 min left`"""
        left = self.seconds_left()
        if self.ended == self.total:
            return ""
        return f"about {rounded(left)} left" if left is not None else ""


def rounded(seconds: float) -> str:
    """A time as it is told: `40 s`, `12 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def watched(
    results: Iterable[Result], planned: Counter[str], slots: int, quiet: bool
) -> Generator[Result, None, None]:
    """Pass results on as they come; on stderr a bar with the time left, or a line now and then.

    Args:
        planned: submissions of each exercise.
        slots: how many are graded at a time.
        quiet: nothing on stderr.
    """
    pace = Pace(planned, slots)
    with _lines(pace) if quiet or not sys.stderr.isatty() else _bar(pace) as show:
        for result in results:
            pace.note(result)
            if not quiet:
                show(result)
            yield result


@contextlib.contextmanager
def _bar(pace: Pace) -> Iterator[Callable[[Result], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    left, doing = TextColumn("{task.fields[left]}"), TextColumn("{task.description}")
    console = terminal.console(stderr=True)
    with Progress(BarColumn(), MofNCompleteColumn(), left, doing, console=console, transient=True) as bar:
        task = bar.add_task("", total=pace.total, left="")

        def show(result: Result) -> None:
            what = f"{result.job.exercise.name} {result.job.student}"
            bar.update(task, completed=pace.ended, description=what, left=pace.text())

        yield show


@contextlib.contextmanager
def _lines(pace: Pace) -> Iterator[Callable[[Result], None]]:
    said = time.monotonic()

    def show(_result: Result) -> None:
        nonlocal said
        if time.monotonic() > said + PLAIN_LINES:
            said = time.monotonic()
            told = ", ".join(filter(None, [f"{pace.ended} of {pace.total} graded", pace.text()]))
            print(told, file=sys.stderr, flush=True)

    yield show


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
