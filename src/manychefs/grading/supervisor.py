"""Grades one submission in grader processes of its own and makes the Report.

    supervisor ──starts──► grader (pytest + plugin) ──► hosts        where a student waits for it, several
        ▲                      │ appends                             graders side by side: each claims the
        └──── reads ── journal ┘                                     next check that nobody has claimed

The supervisor trusts the journals and its own clock. A grader that dies or falls silent is killed
with all that it started, and another one takes up with the checks that have no verdict yet; a check
that twice took its grader down, or was twice an error, is an `error`: never the student's loss.
"""

from __future__ import annotations

import contextlib
import os
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from manychefs import __version__
from manychefs.course import HIDDEN_GRADER, Course, Exercise, StartMethod
from manychefs.errors import ChefsError
from manychefs.grading import journal
from manychefs.grading.server import PLUGINS, Grader, GraderServer, Order
from manychefs.grading.submission import Source, copy_submission
from manychefs.report import Check, Feedback, Machine, Report, Verdict, clean
from manychefs.sandbox import choice, tree
from manychefs.sandbox.deadline import LONGEST
from manychefs.sandbox.scratch import (
    SCRATCH,
    own_children,
    own_children_lock,
    scratch_of_a_command,
)
from manychefs.speedup.cores import usable_cores
from manychefs.speedup.load import ForeignLoad

LOOK = 0.02  # seconds between two looks into the journal
START_LIMIT = 60.0  # seconds for a grader to start and collect its checks
END_LIMIT = 30.0  # seconds for a grader to end its hosts after the last check
TRIES = 2
SIDE_BY_SIDE = 4  # graders of one submission at most: few checks take so long that a fifth would be of use
IDLE = 0.7  # of a core that nobody uses from which on one more grader is of use
IDLE_WINDOW = 0.1  # seconds over which that is looked at; the kernel counts in hundredths
TELL_WAITING = 0.3  # seconds from which on it is told that a check waits for another grading's cores
NOT_NEEDED = ("doctest", "junitxml", "legacypath", "pastebin", "setuponly", "setupplan", "stepwise")
"""Plugins of pytest's own that no grader needs, and that each would take its time to get ready."""

OnCheck = Callable[[Check], None]
OnWait = Callable[[], None]
OnPlan = Callable[[list[Check]], None]
OnHeld = Callable[[str, StartMethod], None]
OnAside = Callable[[bool], None]

_server: GraderServer | None = None


@dataclass(frozen=True)
class Begun:
    """What is known of a submission whose grading was interrupted: its checks, and verdicts that stand."""

    planned: list[Check]
    ended: list[Check]


@dataclass
class Progress:
    """What the journal has told so far."""

    planned: list[Check] = field(default_factory=list)
    ended: dict[str, Check] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    errors: dict[str, int] = field(default_factory=dict)
    on_check: OnCheck | None = None
    on_wait: OnWait | None = None
    on_plan: OnPlan | None = None
    on_held: OnHeld | None = None
    on_aside: OnAside | None = None
    is_aside: bool = False
    erred: bool = False  # whether in this attempt a check has ended in an error that is tried again

    def missing(self) -> list[str]:
        """Names of the planned checks without a verdict."""
        return [check.name for check in self.planned if check.name not in self.ended]

    def stand_aside(self, aside: bool) -> None:
        """Tell if the submission begins or ceases to do nothing but wait for its turn to measure."""
        if aside != self.is_aside and self.on_aside is not None:
            self.on_aside(aside)
        self.is_aside = aside

    def will_measure(self) -> bool:
        """Whether a speedup is still to be measured, as far as is known."""
        return any(check.kind == "speedup" and check.name not in self.ended for check in self.planned)

    def tell(self) -> None:
        """Tell the verdicts in the order of the plan, as far as they have come; errors may come later."""
        for check in self.planned:
            if check.name in self.ended:
                if check.name not in self.told and self.on_check is not None:
                    self.on_check(self.ended[check.name])
                self.told.add(check.name)
            elif check.name not in self.errors:
                return


@dataclass
class _AtWork:
    """A grader at work on checks."""

    process: Grader
    reader: journal.Reader
    log: Path
    heard: float  # when its journal last said something
    silence_limit: float = START_LIMIT
    running: str = ""
    waits: bool = False  # for cores
    is_aside: bool = False  # and it is to measure
    how: str = ""  # it was ended, if it was

    def ending(self) -> str:
        """How it ended, for an error's evidence."""
        tail = self.log.read_text("utf-8", "replace").strip().splitlines()[-6:]
        return "\n".join([self.how or f"The grader ended with exit status {self.process.returncode}.", *tail])


def grade(
    course: Course,
    exercise: Exercise,
    submission: Path | Source,
    *,
    student: str = "",
    on_check: OnCheck | None = None,
    on_wait: OnWait | None = None,
    on_plan: OnPlan | None = None,
    begun: Begun | None = None,
    on_held: OnHeld | None = None,
    on_aside: OnAside | None = None,
    methods: list[StartMethod] | None = None,
    sought: str = "",
    only: Collection[str] = (),
    without: Collection[str] = (),
    seed: int = 0,
    confinement: str = "",
    stop: threading.Event | None = None,
    side_by_side: int = 1,
    preview: bool = False,
    few_rounds: bool = False,
    curves: bool = True,
) -> Report:
    """Grade one submission.

    Args:
        submission: the student's file, the folder or archive that it is in, or where it was found.
        on_check: called with each check as it gets its verdict, in the order of the plan.
        on_wait: called when a check waits for cores that another grading holds.
        on_plan: called once, with the checks that are going to run, in order; they have no verdict yet.
        on_held: called with a check's name and a start method under which it has held, before the next one.
        on_aside: called with True when nothing of this submission runs because a measurement waits for its
            turn, and with False when it goes on.
        begun: what an earlier grading of the same submission had got to; its verdicts are not made again.
        methods: only these start methods (default: those that the exercise lists).
        sought: the check that alone has to be certain (default: all): other speedup checks are not carried
            out, and other `races` checks explore no orders of steps.
        only: names of the checks that are graded (default: all).
        without: names of checks that are left out.
        seed: of the pauses in `races` checks; the same seed pauses at the same places.
        confinement: the layer that the submission runs in (default: the strongest that holds here).
        stop: when set, the grading ends early: checks without a verdict become errors.
        side_by_side: how many graders share the checks out among themselves; if more than one, others join
            where cores stand idle. One is best where other submissions are graded meanwhile; more, where
            somebody waits for this one.
        preview: whether somebody waits for the verdicts and no mark is made of them: a speedup is measured
            with less work then, and in fewer rounds.
        few_rounds: whether the verdict on a speedup is known beforehand, so that fewer rounds are enough.
        curves: whether scaling curves are drawn, which are shown and not judged.

    Raises:
        ChefsError: if the submission, the grader or the layer cannot be used at all.
    """
    grader = course.grader(exercise)
    if not grader.is_file():
        raise ChefsError(
            f"{exercise.name} has no grader.",
            cause="The folder graders/ is incomplete.",
            evidence=[f"missing: {grader}"],
            next_step="Get the file back, or take the exercise out of course.toml.",
        )
    layer = choice.choose(confinement)
    started, clock = datetime.now(UTC), time.monotonic()
    folder = scratch_of_a_command()
    progress = Progress(
        on_check=on_check, on_wait=on_wait, on_plan=on_plan, on_held=on_held, on_aside=on_aside
    )
    if begun is not None:
        progress.planned, progress.ended = list(begun.planned), {each.name: each for each in begun.ended}
        progress.told = set(progress.ended)
    try:
        copied = copy_submission(submission, exercise, folder)
        options = {
            "submission": str(copied),
            "chefs_seed": seed,
            "chefs_confinement": layer,
            "chefs_methods": ",".join(methods or ()),
            "chefs_sought": sought,
            "chefs_without": ",".join(without),
            "chefs_preview": int(preview),
            "chefs_few_rounds": int(few_rounds),
            "chefs_curves": int(curves),
        }
        if only:
            options["chefs_only"] = ",".join(only)
        _grade_in_processes(exercise, grader, folder, options, progress, stop, side_by_side)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Report(
        student=student,
        exercise=exercise.name,
        title=exercise.title,
        submission=clean(str(submission)),
        checks=[progress.ended[check.name] for check in progress.planned],
        machine=Machine(
            python=platform.python_version(),
            platform=platform.platform(terse=True),
            cores=usable_cores(),
        ),
        engine=__version__,
        confinement=layer,
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - clock, 3),
    )


def _grade_in_processes(
    exercise: Exercise,
    grader: Path,
    folder: Path,
    options: dict[str, Any],
    progress: Progress,
    stop: threading.Event | None,
    side_by_side: int,
) -> None:
    """Start graders until every check has its verdict."""
    attempt = 0
    while not progress.planned or progress.missing():
        attempt += 1
        only = {"chefs_only": ",".join(progress.missing())} if progress.planned else {}
        most = side_by_side if attempt == 1 else 1  # what went wrong may have been that there were several
        graders = _run_graders(grader, folder, attempt, options | only, progress, exercise, stop, most)
        if stop is not None and stop.is_set():
            _give_up(progress, "The grading was stopped.", progress.missing())
            return
        last = graders[-1].ending()
        if not progress.planned:
            if attempt >= TRIES:
                raise _unusable(grader, last)
            continue
        # The checks that took their graders down, or (if none was running, and none had an error of its
        # own, which is counted already) all that are left.
        missing = progress.missing()
        blamed = [] if progress.erred else missing
        endings = {each.running: each.ending() for each in graders if each.running}
        for name in endings or blamed:
            progress.errors[name] = progress.errors.get(name, 0) + 1
        for name in missing:
            if progress.errors.get(name, 0) >= TRIES:
                _give_up(progress, endings.get(name, last), [name])
        progress.erred = False


def _run_graders(
    grader: Path,
    folder: Path,
    attempt: int,
    options: dict[str, Any],
    progress: Progress,
    exercise: Exercise,
    stop: threading.Event | None,
    most: int,
) -> list[_AtWork]:
    """Run graders to their end, up to `most` side by side; they are returned in the order of their ends.

    The first one is alone until its first check has its verdict: nothing is to delay that one. Where checks
    only wait, so that a core stands idle, one more is started, unless a speedup is still to be measured: that
    has to wait until all others have ended, and more of them end no sooner.
    """
    if most > 1:
        claims = folder / f"claims-{attempt}"
        claims.mkdir()
        options = options | {"chefs_claims": str(claims)}
    at_work = [_begin(grader, folder, f"{attempt}-1", options)]
    ended: list[_AtWork] = []
    left = -1  # checks that have not come to an end in this attempt, be it an error or their grader's
    alone = True
    calm_since = time.monotonic()  # from when on no check of this submission has been running
    spare = _SpareCore()
    try:
        while at_work and not (stop is not None and stop.is_set()):
            for each in list(at_work):
                over = each.process.poll() is not None
                for event in each.reader.new():
                    each.heard = time.monotonic()
                    _note(event, progress, each)
                    alone = alone and not isinstance(event, journal.Ended)
                    left = len(progress.missing()) if left < 0 else left - isinstance(event, journal.Ended)
                    each.silence_limit = _silence_limit(event, exercise)
                limit = min(each.silence_limit, END_LIMIT) if not left else each.silence_limit
                if not over and time.monotonic() - each.heard > limit:
                    each.how = f"The grader was silent for {limit:.0f} s and was ended."
                if over or each.how:
                    left -= bool(each.running)
                    at_work.remove(each)
                    ended.append(each)
                    _end(each.process)
            count = len(at_work) + len(ended)
            wanted = most
            if 1 < most <= count < SIDE_BY_SIDE and not progress.will_measure() and spare.is_there():
                wanted = count + 1
            if at_work and not alone and count < min(wanted, left):
                at_work.append(_begin(grader, folder, f"{attempt}-{count + 1}", options))
                spare.look_anew()
            progress.stand_aside(bool(at_work) and all(each.is_aside for each in at_work))
            if any(each.running for each in at_work):
                calm_since = time.monotonic()
            elif time.monotonic() - calm_since > TELL_WAITING:
                _tell_waiting(at_work, progress)
            time.sleep(LOOK)
    finally:
        for each in at_work:
            _end(each.process)
    return ended


class _SpareCore:
    """Looks now and then whether a core stands idle."""

    def __init__(self) -> None:
        self.look_anew()

    def look_anew(self) -> None:
        """Begin anew: what was seen is over."""
        self._load, self._since = ForeignLoad(), time.monotonic()

    def is_there(self) -> bool:
        """Whether one stood idle for most of the last window; False until a window is over."""
        if time.monotonic() - self._since < IDLE_WINDOW:
            return False
        idle = self._load.idle()
        self.look_anew()
        return idle is not None and idle >= IDLE


def _silence_limit(event: journal.Event, exercise: Exercise) -> float:
    """Seconds that a grader may be silent after this event of its journal, while checks are left."""
    if isinstance(event, journal.Started | journal.Held):  # far beyond pytest-timeout's backstop
        return exercise.limits.seconds * 5 * LONGEST + exercise.exploring_seconds + 60
    return float("inf")  # between checks it may wait for the machine, for as long as that takes


def _tell_waiting(at_work: list[_AtWork], progress: Progress) -> None:
    """Tell once of each check that waits, and for none of this submission's own."""
    for each in at_work:
        if each.waits and progress.on_wait is not None:
            progress.on_wait()
        each.waits = False


def _begin(grader: Path, folder: Path, name: str, options: dict[str, Any]) -> _AtWork:
    """Start a grader."""
    log, path = folder / f"grader-{name}.log", folder / f"journal-{name}"
    key = secrets.token_hex(16)
    log.touch()
    order = Order(
        command=os.getpid(),
        grader=str(grader.parent),
        arguments=_arguments(grader),
        options=options | {"chefs_journal": str(path)},
        log=str(log),
        folder=str(_start_in(grader, folder)),
        environment=_environment(folder) | {journal.KEY: key},
        layers=choice.found(),
    )
    # Under one lock: a grader that is not noted yet looks like an orphan to whoever ends another one.
    with own_children_lock:
        process = _start(order)
        own_children.add(process.pid)
    return _AtWork(process, journal.Reader(path, key), log, heard=time.monotonic())


def usual_graders() -> int:
    """How many graders one submission gets while somebody waits for it: one a core, a few at most."""
    return min(usable_cores(), SIDE_BY_SIDE)


def use_server(server: GraderServer | None) -> None:
    """Have this process's graders forked by `server` from now on. The process must adopt orphans."""
    global _server
    _server = server
    if server is not None:
        own_children.add(server.pid)


def close_server() -> None:
    """End the fork server, if there is one."""
    global _server
    if _server is not None:
        own_children.discard(_server.pid)
        _server.close()
        _server = None


def _start_in(grader: Path, folder: Path) -> Path:
    """The folder that a grader starts in: its scratch folder, or its own if a bracket stands in its path.

    pytest takes a bracket for a test's parameters, so such a path must not be among its arguments.
    """
    return grader.parent if "[" in str(grader) else folder


def _start(order: Order) -> Grader:
    """Start a grader: forked by the server where there is one, afresh otherwise."""
    if _server is not None:
        try:
            return _server.start(order)
        except OSError:
            close_server()
    with open(order.log, "ab") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "pytest", *_plugins(), *order.all_arguments()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=order.folder,
            env=order.environment,
            start_new_session=True,
        )


def _plugins() -> list[str]:
    return [word for name in PLUGINS for word in ("-p", name)]


def _environment(folder: Path) -> dict[str, str]:
    """The grader's environment: the caller's, without what would change pytest."""
    # In CI pytest compares line by line what an assert compares, which takes minutes for long lists; what is
    # different is told by manychefs.grading.difference anyway.
    changes = ("CI", "BUILD_NUMBER")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST_") and name not in changes
    }
    return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", SCRATCH: str(folder)}


def _arguments(grader: Path) -> list[str]:
    graders = [each for each in (grader, grader.with_name(HIDDEN_GRADER)) if each == grader or each.is_file()]
    return [
        *(each.name if "[" in str(each) else str(each) for each in graders),
        "-q",
        "--capture=no",  # a collected grader cannot be captured: its forks would write into one file
        f"--rootdir={grader.parent}",
        "-c",
        str(Path(__file__).with_name("pytest.ini")),
        "--noconftest",
        *(word for name in NOT_NEEDED for word in ("-p", f"no:{name}")),
    ]


def _note(event: journal.Event, progress: Progress, grader: _AtWork) -> None:
    if isinstance(event, journal.Collected):
        if not progress.planned:
            progress.planned = event.checks
            if progress.on_plan is not None:
                progress.on_plan(event.checks)
    elif isinstance(event, journal.Waits):
        grader.waits, grader.is_aside = True, event.alone
    elif isinstance(event, journal.Started):
        grader.running, grader.waits, grader.is_aside = event.name, False, False
    elif isinstance(event, journal.Held):
        if progress.on_held is not None:
            progress.on_held(event.name, event.method)
    else:
        check = event.check
        grader.running = ""
        if check.verdict is Verdict.ERROR and not progress.errors.get(check.name):
            progress.errors[check.name] = 1  # tried once more by the next grader
            progress.erred = True
        else:
            progress.ended[check.name] = check
        progress.tell()


def _give_up(progress: Progress, ending: str, names: list[str]) -> None:
    for check in progress.planned:
        if check.name in names:
            check.verdict = Verdict.ERROR
            check.feedback = Feedback(
                happened="This check could not be carried out: its grader ended before it had a verdict.",
                cause="The machine or the kit failed, or the program killed processes that are not its own.",
                evidence=ending.splitlines()[:6],
                next_step="Run it again; if it stays, report it with the lines above.",
            )
            progress.ended[check.name] = check
    progress.tell()


def _unusable(grader: Path, ending: str) -> ChefsError:
    return ChefsError(
        f"The grader {grader.name} cannot be run.",
        cause="It has a mistake, or the kit's installation is incomplete.",
        evidence=[str(grader), *ending.splitlines()],
        next_step="`chefs doctor` says what is missing; `pytest` on that file shows the mistake.",
    )


def _end(process: Grader) -> None:
    """End a grader with everything below it, and what it orphaned."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            tree.kill_descendants(process.pid)
            process.kill()
            process.wait()
    with own_children_lock:
        own_children.discard(process.pid)
        tree.kill_orphans(own_children)  # what a dead grader had started
