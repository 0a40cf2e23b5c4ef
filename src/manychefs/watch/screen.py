"""The full-screen view: the exercises, the current one's checks as they run, and a key for each thing to do.

    Saves (a thread) ──saved──► View ──ask──► Checker (a thread) ──► graders
                                 ▲                  │
                                 └─────── news ─────┘       every key also asks, or shows something

Both threads only post messages; everything that is shown is shown by the view's own thread. What feedback
looks like is not decided here: manychefs.outputs.terminal lays it out, as for `chefs check`.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Footer, Static

from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError
from manychefs.outputs import terminal
from manychefs.outputs.progress import Progress, Standing, bar, is_done, standings
from manychefs.outputs.scores import is_unwritten
from manychefs.report import Check, Feedback, Report
from manychefs.watch import actions, editor
from manychefs.watch.checker import Began, Checked, Checker, Ended, Held, News, Planned, Refused, Waits
from manychefs.watch.saves import Saves

REST = 0.3  # seconds on an exercise before it is checked: whoever pages through starts no graders
WIDE = 100  # columns from which the exercises' names are shown beside their numbers
BAR = 16  # characters
STYLE = "ansi_dark"  # of code: the sixteen colours that every terminal has


class Told(Message):
    """News of the checker."""

    def __init__(self, news: News) -> None:
        self.news = news
        super().__init__()


class Saved(Message):
    """An exercise's file was saved."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        super().__init__()


class View(App[None]):
    """The full-screen view of one course.

    Call `close` once it has ended: then nothing that it has started is left.

    Args:
        exercise: the one to begin with.
        confinement: see `supervisor.grade`.

    Raises:
        CourseError: if there is no folder exercises/.
    """

    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - so is Textual's
    CSS = """
    Screen { layout: vertical; }
    #top, #status { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    #body { height: 1fr; }
    #list { width: 7; scrollbar-size-vertical: 0; border-right: vkey $panel; }
    .-wide #list { width: 26; }
    #exercises { width: 30; }
    #pane { padding: 0 1; }
    Footer { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "move(1)", "next"),
        Binding("p", "move(-1)", "prev"),
        Binding("r", "run", "run"),
        Binding("h", "hint", "hint"),
        Binding("l", "lesson", "lesson"),
        Binding("s", "solution", "solution"),
        Binding("x", "reset", "reset"),
        Binding("o", "open", "open"),
        Binding("q", "quit", "quit"),
        Binding("ctrl+c", "quit", show=False, priority=True),
        Binding("escape", "checks", show=False),
    ]

    def __init__(self, course: Course, exercise: Exercise, confinement: str = "") -> None:
        super().__init__()
        self.title = course.title
        self.course = course
        self.exercise = exercise
        self.report: Report | None = None  # of the file as it is; None while it is being checked
        self._progress = Progress(course)
        self._saves = Saves(course)
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="saves", daemon=True)
        self._checker = Checker(course, self._pass_on, confinement)
        self._shown: list[RenderableType] = []  # the checks' part of the pane, from the top
        self._pending: list[Check] = []  # without a verdict yet
        self._held: dict[str, list[str]] = {}  # start methods under which those have held so far
        self._hints: list[RenderableType] = []  # and resets; they stay for as long as the exercise does
        self._notes: list[
            RenderableType
        ] = []  # what keys had to tell; gone with the next save or run that is asked for
        self._page: RenderableType | None = None  # lesson or solution, over the checks
        self._page_name = ""
        self._seen: set[str] = set()
        self._asked_reset = False
        self._answer = ""  # what was said to the last key
        self._run_says = ""  # how the run goes, to be seen once that is gone
        self._put_back = ""  # what the last reset has to tell, said once its run has ended
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Textual's own protocol: what the screen consists of."""
        yield Static(id="top")
        with Horizontal(id="body"):
            with VerticalScroll(id="list", can_focus=False):
                yield Static(id="exercises")
            with VerticalScroll(id="pane"):
                yield Static(id="checks")
        yield Static(id="status")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show where the student stands, and begin to watch and to check."""
        self._end_by_signals()
        self.query_one("#pane").focus()
        self._watcher.start()
        self._show_course()
        self._begin(self.exercise)
        self._checker.ask(self.exercise)

    def _end_by_signals(self) -> None:
        """End as by q when the terminal goes away (ssh breaks off, its window is closed) or by `kill`."""
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows; not the main thread
                asyncio.get_running_loop().add_signal_handler(number, self.exit)

    def close(self) -> None:
        """End what is in progress, with all its processes."""
        self._stop.set()
        self._checker.close()
        if self._watcher.is_alive():
            self._watcher.join()

    def _pass_on(self, news: News) -> None:
        self.post_message(Told(news))

    def _watch(self) -> None:
        for exercise in self._saves.until(self._stop):
            self.post_message(Saved(exercise))

    # -- what has happened ------------------------------------------------------------------------

    def on_saved(self, message: Saved) -> None:
        """A file was saved: that exercise is the current one, and is checked."""
        if message.exercise.name != self.exercise.name:
            self._begin(message.exercise)
        self._page = None
        self._forget_answers()
        self._ask()

    def on_told(self, message: Told) -> None:
        """Show what the checker tells of the current exercise."""
        news = message.news
        if news.exercise.name != self.exercise.name:
            return
        if isinstance(news, Began):
            self._begin(news.exercise)
            self._say_of_run("checking …")
        elif isinstance(news, Planned):
            self._pending = list(news.checks)
        elif isinstance(news, Waits):
            self._say_of_run("waits: another grading on this machine has the cores to itself")
        elif isinstance(news, Held):
            self._held.setdefault(news.name, []).append(news.method)
        elif isinstance(news, Checked):
            self._pending = [each for each in self._pending if each.name != news.check.name]
            self._shown.append(terminal.check(news.check, self._seen))
            self._say_of_run("checking …")
        elif isinstance(news, Refused):
            self._pending = []
            self._shown.append(Padding(terminal.error(news.why), (0, 0, 0, 2)))
            self._say_of_run("nothing could be checked; save, and it is tried again")
        elif isinstance(news, Ended):
            self._end(news)
        self._show_pane()

    def _begin(self, exercise: Exercise) -> None:
        """An empty pane for an exercise."""
        if exercise.name != self.exercise.name:
            self._hints, self._page = [], None
        self.exercise = exercise
        self.report = None
        self._asked_reset = False
        self._seen = set()
        self._pending, self._held = [], {}
        self._run_says = ""
        path = self.course.stub(exercise).relative_to(self.course.root)
        self._shown = [terminal.heading(exercise, str(path))]
        self._show_course()
        self._show_pane(top=True)

    def _end(self, news: Ended) -> None:
        report = news.report
        if news.unchanged:
            self._begin(news.exercise)
            self._shown += [terminal.check(check, self._seen) for check in report.checks]
        self.report = report
        self._shown += [Text(), terminal.ending(report, stub=is_unwritten(report), fold=True)]
        if news.unkept is not None:
            self._shown.append(Padding(terminal.error(news.unkept), (1, 0, 0, 2)))
        self._show_course()
        since = "unchanged since it was last checked: " if news.unchanged else ""
        if is_done(report) and self._progress.next_exercise() is None:
            self._say_of_run("done, and with it the whole course: every exercise is passed")
        elif is_done(report):
            offered = ", s: the solution" if self._has_solution() else ""
            self._say_of_run(f"{since}done! n: the next exercise{offered}")
        elif self._put_back:
            self._say_of_run(f"put back; {self._put_back}")
            self._put_back = ""
        elif is_unwritten(report):
            self._say_of_run("red at the start is as it should be; l: the lesson, o: open the file")
        else:
            self._say_of_run(f"{since}{report.score_text()}; h: a hint")

    # -- keys -------------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """n and p: the next and the previous exercise of the course."""
        at = [each.name for each in self.course.exercises].index(self.exercise.name) + step
        if not 0 <= at < len(self.course.exercises):
            return self._say("this is the last exercise" if step > 0 else "this is the first exercise")
        self._begin(self.course.exercises[at])
        self._forget_answers()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(REST, self._ask)
        return None

    def _ask(self, *, again: bool = False) -> None:
        """Have the current exercise checked; that it would have been a moment later is then no matter."""
        if self._resting is not None:
            self._resting.stop()
        self._checker.ask(self.exercise, again=again)

    def action_run(self) -> None:
        """r: check the current exercise, also if nothing has changed."""
        self._page = None
        self._forget_answers()
        self._ask(again=True)

    def action_hint(self) -> None:
        """h: one more hint."""
        found = actions.next_hint(self._progress, self.exercise, self.report)
        if found is None:
            offered = "; s: the solution, once passed" if self._has_solution() else ""
            return self._say(f"these were all the hints{offered}")
        self._forget_answers()
        self._attempt(lambda: self._progress.note(self.exercise, "hint", task=found.task, step=found.step))
        title = Text(f"Hint {found.step} of 3 for task {found.task}: {found.title}", "bold")
        self._hints.append(Padding(Group(title, Text(found.text)), (1, 0, 0, 2)))
        self._page = None
        self._show_course()
        self._show_pane(bottom=True)
        return None

    def _has_solution(self) -> bool:
        """Whether this release of the course has the exercise's solution: what students get has none."""
        return self.course.solution(self.exercise).is_file()

    def action_lesson(self) -> None:
        """l: the lesson, and back."""
        try:
            text = self.course.lesson(self.exercise).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            text = f"{self.exercise.name} has no lesson here: its README.md is missing or cannot be read."
        self._toggle("lesson", Markdown(text, code_theme=STYLE))

    def action_solution(self) -> None:
        """s: the solution once the exercise is passed, and back."""
        if self._page is not None and self._page_name == "solution":
            return self._toggle("solution", self._page)
        found: list[str] = []
        self._attempt(lambda: found.append(actions.solution(self.course, self._progress, self.exercise)))
        if found:
            title = Text(f"The solution of {self.exercise.name}, one of many right ones", "bold")
            code = Syntax(found[0], "python", theme=STYLE, background_color="default", word_wrap=True)
            self._toggle("solution", Group(title, Text(), code))
        return None

    def action_checks(self) -> None:
        """Escape: from the lesson or the solution back to the checks."""
        self._page = None
        self._say("")
        self._show_pane(top=True)

    def action_reset(self) -> None:
        """x, twice: put the file back as it was given out; what stood there is kept."""
        if not self._asked_reset:
            self._say(f"x again puts {self.exercise.filename} back as it was; yours is kept")
            self._asked_reset = True
            return
        done: list[str] = []

        def put_back() -> None:
            copy = actions.reset(self.course, self._progress, self.exercise)
            done.append(
                f"kept: {copy.relative_to(self.course.root)}" if copy else "it is as it was given out"
            )

        self._attempt(put_back)
        if done:
            # Among the hints, which stay: the reset is a save, whose run clears the notes at once.
            self._hints.append(Padding(Text(f"Reset; {done[0]}"), (1, 0, 0, 2)))
            self._put_back = done[0]
            self._say(done[0])
            self._show_pane(bottom=True)

    def action_open(self) -> None:
        """o: the file in the student's editor; the view is back when that ends."""
        path = self.course.stub(self.exercise)
        self._attempt(lambda: editor.edit(path, self.suspend))
        self.refresh(layout=True)

    def _attempt(self, deed: Callable[[], object]) -> None:
        """Do what may fail with something to tell, and tell it in the pane."""
        try:
            deed()
        except ChefsError as error:
            self._tell(error.feedback)

    def _tell(self, told: Feedback) -> None:
        self._notes.append(Padding(terminal.error(told), (1, 0, 0, 2)))
        self._say(told.happened)
        self._page = None
        self._show_pane(bottom=True)

    # -- what is shown ----------------------------------------------------------------------------

    def _toggle(self, name: str, page: RenderableType) -> None:
        is_shown = self._page is not None and self._page_name == name
        self._page, self._page_name = None if is_shown else page, name
        self._say("" if is_shown else f"the {name}; {name[0]} again or Escape: back to the checks")
        self._show_pane(top=True)

    def _say(self, text: str) -> None:
        """Answer a key. It stands until the next key or save: a run that ends must not wipe it away."""
        self._asked_reset = False  # x twice is twice running
        self._answer = text
        self._show_status()

    def _forget_answers(self) -> None:
        self._notes = []
        self._say("")

    def _say_of_run(self, text: str) -> None:
        """Say how a run goes, unless a key was answered."""
        self._run_says = text
        self._show_status()

    def _show_status(self) -> None:
        self.query_one("#status", Static).update(Text(self._answer or self._run_says))

    def _show_pane(self, *, top: bool = False, bottom: bool = False) -> None:
        shown = [self._page] if self._page is not None else self._checks_part()
        self.query_one("#checks", Static).update(Group(*shown))
        pane = self.query_one("#pane", VerticalScroll)
        if top:
            pane.scroll_home(animate=False)
        elif bottom:
            pane.scroll_end(animate=False)

    def _checks_part(self) -> list[RenderableType]:
        waiting = [terminal.pending(each, self._held.get(each.name, [])) for each in self._pending]
        return [*self._shown, *waiting, *self._hints, *self._notes]

    def _show_course(self) -> None:
        rows = standings(self.course)
        done = sum(row.passed for row in rows)
        of = f"{done} of {len(rows)} passed"
        self.query_one("#top", Static).update(
            Text.assemble((self.course.title, "bold"), f"  {bar(done, len(rows), BAR)}  {of}")
        )
        lines = [self._row(row) for row in rows]
        self.query_one("#exercises", Static).update(Text("\n").join(lines))
        at = [row.exercise.name for row in rows].index(self.exercise.name)
        scroll = self.query_one("#list", VerticalScroll)
        scroll.scroll_to(y=max(0, at - scroll.size.height // 2), animate=False)

    def _row(self, row: Standing) -> Text:
        is_current = row.exercise.name == self.exercise.name
        colour = "green" if row.passed else "red" if row.is_begun else "dim"
        name = f"{row.exercise.number:02} {row.exercise.slug}"
        return Text.assemble(
            "▸" if is_current else " ",
            (row.sign, colour),
            (f" {name}", "bold" if is_current else ""),
            no_wrap=True,
            overflow="crop",
        )
