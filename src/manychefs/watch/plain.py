"""`chefs watch --plain`: checks at each save, line after line; for dumb terminals and screen readers.

main thread: Saves ──► Checker.ask        checker's thread: news ──► lines
"""

from __future__ import annotations

import threading

from rich.console import Console
from rich.text import Text

from manychefs.course import Course, Exercise
from manychefs.outputs import terminal
from manychefs.outputs.progress import Progress, is_done
from manychefs.outputs.scores import is_unwritten
from manychefs.watch.checker import Began, Checked, Checker, Ended, News, Refused, Waits
from manychefs.watch.saves import Saves


class Lines:
    """Writes the news of a checker as lines, as they come."""

    def __init__(self, course: Course, console: Console) -> None:
        self._course = course
        self._progress = Progress(course)
        self._console = console
        self._seen: set[str] = set()
        self._is_open = False  # whether a run has begun and not ended

    def tell(self, news: News) -> None:
        """Write what is new."""
        if isinstance(news, Checked):
            self._console.print(terminal.check(news.check, self._seen))
        elif isinstance(news, Waits):
            self._console.print(terminal.waiting())
        elif isinstance(news, Began):
            self._begin(news.exercise)
            self._is_open = True
        elif isinstance(news, Refused):
            self._console.print(terminal.error(news.why))
            self._is_open = False
        elif isinstance(news, Ended):
            self._end(news)

    def _begin(self, exercise: Exercise) -> None:
        if self._is_open:
            self._console.print(Text("  Saved again: that run is dropped.", "dim"))
        self._seen = set()
        path = self._course.stub(exercise).relative_to(self._course.root)
        self._console.print(terminal.heading(exercise, str(path)), crop=False)

    def _end(self, news: Ended) -> None:
        report = news.report
        if news.unchanged:
            self._begin(news.exercise)
            for check in report.checks:
                self._console.print(terminal.check(check, self._seen))
            self._console.print(Text("  Nothing has changed since: these are the verdicts from then.", "dim"))
        self._console.print()
        self._console.print(terminal.ending(report, stub=is_unwritten(report)), crop=False)
        if news.unkept is not None:
            self._console.print(terminal.error(news.unkept))
        if is_done(report):
            self._console.print(Text(f"  {self._whats_next()}"))
        self._is_open = False

    def _whats_next(self) -> str:
        following = self._progress.next_exercise()
        if following is None:
            return "That was the last one: the whole course is done."
        path = self._course.stub(following).relative_to(self._course.root)
        return f"Done. Next: {following.name}, {following.title}. Its file: {path}"


def watch_plainly(course: Course, exercise: Exercise, confinement: str = "") -> None:
    """Check `exercise` now, and after that whichever exercise is saved, until Ctrl-C.

    Raises:
        KeyboardInterrupt: by Ctrl-C, once everything that was running has ended.
    """
    console = terminal.console()
    lines = Lines(course, console)
    watched = Saves(course)
    checker = Checker(course, lines.tell, confinement)
    try:
        console.print(Text("Save a file of exercises/ and it is checked. Ctrl-C ends this."))
        checker.ask(exercise)
        for saved in watched.until(threading.Event()):
            checker.ask(saved)
    finally:
        checker.close()
