"""The nouns of a grading: Check, Verdict, Evidence, Report. Plain data, no I/O of its own.

A Report is what every output (terminal, CSV, JSON, …) is a function of. It is encoded as JSON by
`Report.to_json` and read back, strictly, by `Report.from_json`.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

import msgspec

Kind = Literal["correctness", "races", "speedup", "cleanup", "tests"]

SHOWN_TEXT = 4000  # characters of a student's own words that one piece of feedback may hold


class Verdict(enum.Enum):
    """What became of a check.

    `inconclusive` means that this machine could not show it; `error` means that the kit or the
    machine failed. Neither is ever the student's fault, and neither takes points silently.
    """

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


class Feedback(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The four parts of everything that a person is told: event, cause, evidence, next step."""

    happened: str
    cause: str = ""
    evidence: list[str] = []
    next_step: str = ""

    def text(self) -> str:
        """Everything in one string, for searching and for outputs without layout."""
        return "\n".join(part for part in (self.happened, self.cause, *self.evidence, self.next_step) if part)

    def cleaned(self) -> Feedback:
        """The same, with each part made safe to show: a check's words may hold what a program returned."""
        return Feedback(
            happened=clean(self.happened),
            cause=clean(self.cause),
            evidence=[clean(each) for each in self.evidence],
            next_step=clean(self.next_step),
        )


class ProcessState(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One process at a deadline: what it waits for, and where in the student's file."""

    name: str
    pid: int
    waits_for: str
    line: int | None = None
    source: str = ""
    stack: list[str] = []


class Deadlock(msgspec.Struct, kw_only=True, tag="deadlock", forbid_unknown_fields=True):
    """The processes of a program that did not end, as they stood when its time was up."""

    seconds: float
    processes: list[ProcessState]


class Outcomes(msgspec.Struct, kw_only=True, tag="outcomes", forbid_unknown_fields=True):
    """How often repeated runs of one program ended how (`counts`: result as text, times seen)."""

    runs: int
    counts: list[tuple[str, int]]
    expected: str


class Strip(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What one process did, in equal parts of the time that the call took.

    name: `main` is the process in which the function was called. ran: cores used in each part (1.0: one
    thread ran all the time). waited: threads that were ready to run and had no core.
    """

    name: str
    ran: list[float]
    waited: list[float]


class CurvePoint(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A scaling curve at one number of workers: seconds (median), and the speedup with its 95 % interval."""

    workers: int
    seconds: float
    speedup: float
    low: float
    high: float


class SpeedupMeasurement(msgspec.Struct, kw_only=True, tag="speedup", forbid_unknown_fields=True):
    """A speedup with what it was computed from. Times in seconds, medians over `rounds`.

    `parallelism` is S* of docs/speedup.md: how many processes' worth of useful work the program asked for at
    once, whatever else the machine was doing. low, high: the 95 % interval of `speedup`; the `_interval`s
    are those of the times. required: the speedup asked for on this many cores, or, where `slower` is set,
    how many times the serial run's time is allowed. seen: whether the kernel's books could be read.
    control_seconds: an even split of the serial run, by the time of one such run a core at once; what this
    machine can show. inflation: CPU time of the program over the serial run's. control_inflation: how much
    more CPU time the serial run is booked when it runs on all cores at once, above 1 where two of them are
    threads of one. restlessness: how much more often than such a serial run the program got a core for the
    same CPU time.
    foreign_load: cores that other programs used meanwhile. startup_seconds: what starting one process a core
    costs here. by_structure: passed although the clock could not show it. seconds: what the measuring took.
    strips: who ran when, of a run of middling length. halts, stalls: how often one of its processes was
    halted for a moment, and how often no other one could go on then; 0 where that was not needed.
    """

    cores: int
    required: float
    rounds: int
    serial_seconds: float
    student_seconds: float
    speedup: float
    low: float
    high: float
    parallelism: float
    demand: float
    balance: float
    inflation: float
    processes: int
    control_inflation: float = 1.0
    restlessness: float = 1.0
    seen: bool = True
    slower: bool = False
    by_structure: bool = False
    control_seconds: float = 0.0
    control_speedup: float = 0.0
    serial_interval: tuple[float, float] = (0.0, 0.0)
    student_interval: tuple[float, float] = (0.0, 0.0)
    control_interval: tuple[float, float] = (0.0, 0.0)
    serial_cpu_seconds: float = 0.0
    busiest_cpu_seconds: float = 0.0
    foreign_load: float | None = None
    startup_seconds: float = 0.0
    attempts: int = 1
    seconds: float = 0.0
    halts: int = 0
    stalls: int = 0
    strips: list[Strip] = []
    curve: list[CurvePoint] = []

    @property
    def excess(self) -> float:
        """W of docs/speedup.md: how much more work it was than the machine makes of an even split."""
        return self.inflation / self.control_inflation

    @property
    def serial_fraction(self) -> float | None:
        """The part that ran on one core, by Karp and Flatt (1990): (1/S - 1/p) / (1 - 1/p)."""
        if self.cores < 2 or self.speedup <= 0:
            return None
        return (1 / self.speedup - 1 / self.cores) / (1 - 1 / self.cores)


class Leftovers(msgspec.Struct, kw_only=True, tag="leftovers", forbid_unknown_fields=True):
    """What was still there when the student's function had returned. False when nothing was."""

    processes: list[str] = []
    semaphores: list[str] = []
    shared_memory: list[str] = []
    warnings: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.processes or self.semaphores or self.shared_memory or self.warnings)

    def lines(self) -> list[str]:
        """One line for each thing that was left."""
        return [
            *(f"process still there: {name}" for name in self.processes),
            *(f"semaphore still there: {name}" for name in self.semaphores),
            *(f"shared-memory block still there: {name}" for name in self.shared_memory),
            *(f"Python warned: {text}" for text in self.warnings),
        ]


class StudentTraceback(msgspec.Struct, kw_only=True, tag="traceback", forbid_unknown_fields=True):
    """An exception of the student's program; only frames of the student's own file are kept."""

    error: str
    frames: list[str] = []


Finding = Literal["wrong-result", "deadlock", "exception", "leftovers", "livelock"]
"""What an order of steps can bring to light."""


class Actor(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One thread of one process of an explored program.

    name: `main`, `p1` (the first process that main starts), `p1.2` (the second that p1 starts), `p1.t1` (a
    thread of p1). runs: the name of the function that it runs, as far as that is known.
    """

    name: str
    runs: str = ""


class Step(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One visible step of one actor.

    action: what it does, to follow the actor's name: `reads 41`, `waits for the lock`. target: what
    with: `Value of line 30`. line, source: where in the student's file. decisive: whether this step is one of
    those that make the order go wrong.
    """

    actor: str
    action: str
    target: str = ""
    line: int | None = None
    source: str = ""
    decisive: bool = False


class Waiting(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An actor that can never go on: what it waits for, who holds that, and since which line."""

    actor: str
    waits_for: str
    line: int | None = None
    source: str = ""
    held_by: str = ""
    held_since: int | None = None


class Interleaving(msgspec.Struct, kw_only=True, tag="interleaving", forbid_unknown_fields=True):
    """The steps of all actors, in the order in which they happened, of a schedule that goes wrong.

    ending: how it ended, to follow "the program": `returned 3`. allowed: what it may return. waiting: in a
    deadlock, everybody who waits. preemptions: how often an actor that could go on was interrupted.
    switches: how often the turn left an actor that had not ended. schedule: the number of the schedule
    that found it, from 1. replays: how many of the two replays went the same way. latent: whether
    it only goes wrong once a pipe or queue holds more than this program puts there.
    """

    file: str
    actors: list[Actor]
    steps: list[Step]
    finding: Finding
    ending: str
    allowed: list[str] = []
    waiting: list[Waiting] = []
    preemptions: int = 0
    switches: int = 0
    schedule: int = 0
    seed: int = 0
    replays: int = 0
    latent: bool = False


Evidence = Deadlock | Interleaving | Outcomes | SpeedupMeasurement | Leftovers | StudentTraceback


class Check(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One graded thing: one pytest test of a grader, with points and a kind."""

    name: str
    title: str
    kind: Kind
    points: float
    verdict: Verdict
    earned: float = 0.0
    start_method: str = ""
    feedback: Feedback | None = None
    evidence: Evidence | None = None
    printed: str = ""
    seconds: float = 0.0


class Machine(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where it was graded. `cores` are the usable ones (see manychefs.speedup.cores)."""

    python: str
    platform: str
    cores: int


class Lateness(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How late a submission came, and what that takes.

    due, handed_in: ISO times; handed_in is empty where only its being late is known. days: days begun after
    the due date and the grace. share: the part of the exercise's points that is taken.
    """

    due: str
    handed_in: str
    days: int
    share: float

    def text(self) -> str:
        """`2 days late: 20 % of the points are taken`"""
        days = "1 day" if self.days == 1 else f"{self.days} days"
        return f"{days} late: {number(self.share * 100)} % of the points are taken"


class Report(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The checks of one submission, with score, machine, confinement and engine version.

    late: how late it came, where that costs something. The score is that of the checks; see `mark`.
    """

    student: str
    exercise: str
    title: str
    submission: str
    checks: list[Check]
    machine: Machine
    engine: str
    confinement: str
    started: str = ""
    seconds: float = 0.0
    late: Lateness | None = None
    schema: Literal["manychefs/report/1"] = "manychefs/report/1"

    @property
    def score(self) -> float:
        """Points earned: the sum over the checks."""
        return sum(check.earned for check in self.checks)

    @property
    def late_points(self) -> float:
        """Points that coming late takes: at most what was earned."""
        return round(min(self.score, self.late.share * self.points), 2) if self.late else 0.0

    @property
    def mark(self) -> float:
        """What counts: the score without what coming late takes."""
        return self.score - self.late_points

    @property
    def points(self) -> float:
        """Points that the exercise has."""
        return sum(check.points for check in self.checks)

    @property
    def gradable(self) -> float:
        """Points that could be graded here: those of checks that passed or failed."""
        judged = (Verdict.PASSED, Verdict.FAILED)
        return sum(check.points for check in self.checks if check.verdict in judged)

    @property
    def verdict(self) -> Verdict:
        """The verdict on the whole: failed if any check failed, else error, else inconclusive."""
        verdicts = {check.verdict for check in self.checks}
        for verdict in (Verdict.FAILED, Verdict.ERROR, Verdict.INCONCLUSIVE):
            if verdict in verdicts:
                return verdict
        return Verdict.PASSED if verdicts else Verdict.ERROR

    def score_text(self) -> str:
        """`11 of 13 points`, or with what could not be graded said."""
        ungraded = self.points - self.gradable
        text = f"{number(self.score)} of {number(self.points)} points"
        if ungraded:
            text = (
                f"{number(self.score)} of {number(self.gradable)} gradable points, "
                f"{number(ungraded)} not gradable on this machine"
            )
        if self.late is not None:
            text += f"; {self.late.text()}, {number(self.mark)} count"
        return text

    def to_json(self) -> bytes:
        """The report as indented JSON, with score, points and gradable added for other readers."""
        body = msgspec.to_builtins(self)
        body |= {
            "score": self.score,
            "mark": self.mark,
            "points": self.points,
            "gradable": self.gradable,
            "verdict": self.verdict.value,
        }
        return msgspec.json.format(msgspec.json.encode(body), indent=2) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> Report:
        """Read what `to_json` wrote.

        Raises:
            msgspec.ValidationError: if it is not such a report.
        """
        body = msgspec.json.decode(data, type=dict[str, object])
        for derived in ("score", "mark", "points", "gradable", "verdict"):
            body.pop(derived, None)
        return msgspec.convert(body, cls)


class Refused(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A submission without a report, and why: it cannot be graded at all, or has not been yet."""

    reason: str
    waiting: bool = False

    @property
    def word(self) -> str:
        """What stands for it in a table."""
        return "waiting" if self.waiting else "refused"


Entry = Report | Refused | None
"""What a class's table holds for a student and an exercise; None where nothing was handed in."""

ClassTable = Mapping[str, Mapping[str, Entry]]
"""For each student's name, for each exercise's name, the entry."""


def number(value: float) -> str:
    """Points as people write them: `3`, `2.5`."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


_CI_COMMAND = re.compile(r"::(?=[a-zA-Z][^\n]*?::)|##(?=\w*\[)|\[(?=\[ATTACHMENT\|)")
"""What begins a command to a CI runner: GitHub's, at the beginning of a line (a long line is folded
anywhere, so each place may become one), and the older ones, which count anywhere. The last is what GitLab and
Jenkins take, in a JUnit file, for the path of a file to publish beside a test."""


def clean(text: str, limit: int = SHOWN_TEXT) -> str:
    """A student's own words made safe to show: control characters visible, length bounded.

    Terminal escapes, carriage returns and direction overrides become visible `\\x1b`-like text,
    so that nothing a program prints can repaint the screen on which its verdict stands. So does the first
    character of what a CI runner would take for a command.
    """
    if len(text) > limit:
        kept = limit // 2
        text = f"{text[:kept]}\n… {len(text) - 2 * kept:,} characters left out …\n{text[-kept:]}"
    text = _CI_COMMAND.sub(lambda found: f"\\x{ord(found[0][0]):02x}{found[0][1:]}", text)
    return "".join(
        char
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        else char.encode("unicode_escape").decode()
        for char in text
    )
