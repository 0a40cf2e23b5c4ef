"""A class's page: who has what, where the class struggles, how the scores are spread.

A class is gathered student by student, and of each only what the page shows is kept: the reports of a large
class need not be in memory at one time.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from manychefs.course import Exercise
from manychefs.outputs.html.pages import SIGNS, rendered
from manychefs.outputs.html.student import moment
from manychefs.outputs.scores import is_unwritten
from manychefs.report import Check, Entry, Refused, Report, Verdict, number

BANDS = 10  # of the distribution of scores
MISSING, REFUSED, WAITING, LATE = "–", "⊘", "…", "◷"


@dataclass(frozen=True, slots=True)
class Cell:
    """One student's exercise: `11/13`, the signs, the words for them, and the share that colours it.

    share: of the points that could be graded, in percent; None where there is no report.
    """

    points: str
    sign: str
    words: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One student. share: in percent of all points that were theirs to get. kinds: what to find them by."""

    name: str
    page: str
    cells: list[Cell]
    score: float
    share: float
    kinds: str


@dataclass
class Struggle:
    """What became of one check, over the class."""

    exercise: Exercise
    title: str
    kind: str
    judged: int = 0
    failed: int = 0
    ungraded: int = 0
    causes: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """How many of those judged have failed, in percent."""
        return 100 * self.failed / self.judged if self.judged else 0.0

    @property
    def usual(self) -> list[tuple[str, int]]:
        """The cause told most often, with how often; nothing where nobody has begun."""
        return self.causes.most_common(1)


@dataclass
class Spread:
    """How one exercise went: shares in percent of those who handed it in, and how many did not."""

    exercise: Exercise
    shares: list[float] = field(default_factory=list)
    full: int = 0
    missing: int = 0

    @property
    def mean(self) -> float:
        """The mean share; 0 where nobody has handed it in."""
        return statistics.fmean(self.shares) if self.shares else 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """A submission that a person has to look at, and why."""

    student: str
    page: str
    exercise: str
    what: str


class Gathered:
    """What a class's page shows. Add the students one by one, in the order in which they are to stand."""

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self.exercises = list(exercises)
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        self.spreads = {each.name: Spread(each) for each in exercises}
        self.started = ""
        self._struggles: dict[tuple[str, str], Struggle] = {}

    def add(self, student: str, entries: Mapping[str, Entry], page: str) -> None:
        """Add a student.

        Args:
            entries: what was handed in for each exercise's name.
            page: the address of the student's own page, from the class's.
        """
        found = [(exercise, entries.get(exercise.name)) for exercise in self.exercises]
        cells = [self._cell(exercise, entry) for exercise, entry in found]
        reports = [entry for _, entry in found if isinstance(entry, Report)]
        score = sum(report.mark for report in reports)
        within = sum(
            entry.gradable if isinstance(entry, Report) else exercise.points for exercise, entry in found
        )
        share = 100 * score / within if within else 0.0
        self.rows.append(
            Row(student, page, cells, score, share, " ".join(_kinds([each for _, each in found])))
        )
        for exercise, entry in found:
            self.problems += [Problem(student, page, exercise.name, what) for what in _problems(entry)]
            self._note_checks(exercise, entry)

    def _cell(self, exercise: Exercise, entry: Entry) -> Cell:
        spread = self.spreads[exercise.name]
        if not isinstance(entry, Report):
            spread.missing += 1
            return _nothing(entry)
        share = 100 * entry.mark / entry.gradable if entry.gradable else 0.0
        spread.shares.append(share)
        spread.full += entry.verdict is Verdict.PASSED
        self.started = max(self.started, entry.started)
        points = f"{number(entry.mark)}/{number(entry.gradable)}"
        late = LATE if entry.late is not None else ""
        words = f"{entry.verdict.value}, late" if late else entry.verdict.value
        return Cell(points, f"{SIGNS[entry.verdict]}{late}", words, share)

    def _note_checks(self, exercise: Exercise, entry: Entry) -> None:
        if not isinstance(entry, Report):
            return
        begun = not is_unwritten(entry)
        for check in entry.checks:
            key = (exercise.name, check.name)
            found = self._struggles.setdefault(key, Struggle(exercise, check.title, check.kind))
            judged = check.verdict in (Verdict.PASSED, Verdict.FAILED)
            found.judged += judged
            found.ungraded += not judged
            if check.verdict is Verdict.FAILED:
                found.failed += 1
                if begun:
                    found.causes[_cause(check)] += 1

    @property
    def struggles(self) -> list[Struggle]:
        """The checks that somebody has failed, the one that most fail first."""
        failed = [each for each in self._struggles.values() if each.failed]
        return sorted(failed, key=lambda each: (-each.rate, -each.failed, each.exercise.number))

    @property
    def bands(self) -> list[int]:
        """How many students have a score from 0 to 10 percent, 10 to 20, …; full marks are in the last."""
        found = [0] * BANDS
        for row in self.rows:
            found[min(int(row.share * BANDS / 100), BANDS - 1)] += 1
        return found


def _nothing(entry: Refused | None) -> Cell:
    if entry is None:
        return Cell("", MISSING, "missing")
    return Cell("", WAITING if entry.waiting else REFUSED, entry.word)


def _cause(check: Check) -> str:
    told = check.feedback
    return (told.cause or told.happened) if told else ""


def _kinds(entries: Sequence[Entry]) -> list[str]:
    """By which choices of the page's list a student is found."""
    verdicts = {entry.verdict for entry in entries if isinstance(entry, Report)}
    is_whole = all(isinstance(entry, Report) for entry in entries)
    found = {
        "all": True,
        "full": is_whole and verdicts <= {Verdict.PASSED},
        "failed": Verdict.FAILED in verdicts,
        "missing": any(entry is None for entry in entries),
        "look": any(_problems(entry) for entry in entries),
    }
    return [kind for kind, is_so in found.items() if is_so]


def _problems(entry: Entry) -> list[str]:
    if isinstance(entry, Refused):
        return [f"{entry.word}: {entry.reason}"]
    checks = entry.checks if entry else []
    return [
        f"{check.title}: {check.feedback.happened if check.feedback else 'an error'}"
        for check in checks
        if check.verdict is Verdict.ERROR
    ]


def class_page(gathered: Gathered, *, course: str) -> str:
    """The page of a class, as an HTML document.

    Args:
        course: the course's title.
    """
    shares = [row.share for row in gathered.rows]
    handed_in = sum(len(spread.shares) for spread in gathered.spreads.values())
    tiles = [
        ("students", str(len(shares))),
        ("handed in", f"{handed_in} of {len(shares) * len(gathered.exercises)}"),
        ("mean score", f"{statistics.fmean(shares):.0f} %" if shares else "–"),
        ("median", f"{statistics.median(shares):.0f} %" if shares else "–"),
        ("full marks", str(sum("full" in row.kinds.split() for row in gathered.rows))),
        ("to look at", str(len(gathered.problems))),
    ]
    return rendered(
        "class.html",
        course=course,
        tiles=tiles,
        exercises=gathered.exercises,
        rows=gathered.rows,
        struggles=gathered.struggles,
        spreads=list(gathered.spreads.values()),
        bands=gathered.bands,
        problems=gathered.problems,
        started=moment(gathered.started),
    )
