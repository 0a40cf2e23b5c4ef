"""Explores the schedules of a program until one goes wrong or the budget is used up.

    explore ──► every order without preemption ──► up to 2 preemptions, all of them if they fit
                     │ what each returns                │ else: round robin of strategies, seeded
                     ▼                                  ▼
               what is allowed, if nobody said     a schedule that goes wrong ──► replayed twice ──► shrunk

The budget is a number of schedules, never of seconds: a verdict does not depend on the machine. No
more is claimed than was explored.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from manychefs.interleavings import strategies
from manychefs.interleavings.program import Call, HostGone, NoFunction, NotImported, Program
from manychefs.interleavings.scheduler import MOST_POINTS, Ended, Entry, Run, Strategy, Turn
from manychefs.interleavings.shrink import Cost, Costing, shrink
from manychefs.interleavings.words import ending_of, interleaving_of, short, touches
from manychefs.report import Finding, Interleaving
from manychefs.sandbox.confinement import Confinement

SCHEDULES = 200
MORE = 60  # sampled schedules, with small pipes, after a search that was exhaustive
MOST_PREEMPTIONS = 2
SINGLES_SHARE = 0.4  # of the budget may go to all schedules with one preemption
MOST_ORDERS = 24  # without preemption; more than three processes have more
OFF_GRID_RUNS = 2  # after so many schedules off the grid it is not judged
FIRST_BOUND = 10 * MOST_POINTS  # points that the first run may have, before there is anything to compare with
REPLAYS = 2
NO_RACE: tuple[Finding, ...] = ("wrong-result", "exception")  # what may come of a mistake in no order at all
LEAST_TRIED = 12  # schedules, all wrong alike, before it is said that no order is to blame

Outcome = Literal["passed", "failed", "inconclusive"]
Holds = Callable[[Any], bool]


class RecordedTurn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn of a schedule in a file."""

    actor: str
    points: int
    how: Literal["point", "spins", "blocked", "again", "ended"]
    clock: float = 0.0


class Schedule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A schedule as it is kept in a file, to be replayed: who had the turn for how many points."""

    function: str
    args: list[Any]
    kwargs: dict[str, Any] = {}
    turns: list[RecordedTurn]
    tight: bool = False
    finding: str = ""
    ending: str = ""
    seed: int = 0
    schema: Literal["manychefs/schedule/1"] = "manychefs/schedule/1"


@dataclass
class Exploration:
    """What exploring a program has shown.

    schedules: how many were run. exhaustive: whether the first `systematic` ones are all that have up to
    `bound` preemptions.
    reason: why it is inconclusive. results: what came out how often, as text. value, error: what the
    failing schedule returned, or the exception that it raised. printed: what it printed.
    in_every_order: how many schedules went wrong, each of them, from the first on, also those in which
    processes run one after another: then it is no race, and there is no interleaving; else 0.
    uninterrupted: how many of these were without preemption.
    functions: those that the file defines. processes: how many a schedule had at most. sharing: how many
    of them did what others can see, apart from starting, joining and sleeping; below two there was
    nothing to order.
    seconds: all of it. exploring_seconds: from the first schedule's start to the last one's end, without
    the host's start before, and without replaying and shrinking a failing one after.
    """

    outcome: Outcome = "passed"
    finding: Finding | None = None
    schedules: int = 0
    exhaustive: bool = False
    bound: int = -1
    systematic: int = 0
    seconds: float = 0.0
    exploring_seconds: float = 0.0
    seed: int = 0
    reason: str = ""
    allowed: list[str] = field(default_factory=list)
    results: Counter[str] = field(default_factory=Counter)
    interleaving: Interleaving | None = None
    schedule: Schedule | None = None
    ended: Ended | None = None
    value: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    printed: str = ""
    in_every_order: int = 0
    uninterrupted: int = 0
    most_points: int = 0
    has_deadlines: bool = False
    functions: list[str] = field(default_factory=list)
    processes: int = 0
    sharing: int = 0

    def claim(self) -> str:
        """What a pass says, and no more: `all 114 schedules with up to 2 preemptions`."""
        if not self.exhaustive:
            return _schedules(self.schedules)
        times = " or early time-outs" if self.has_deadlines else ""
        more = self.schedules - self.systematic
        rest = f", and {more} with small pipes" if more else ""
        return f"all {_schedules(self.systematic)} with up to {self.bound} preemptions{times}{rest}"


def explore(
    call: Call,
    *,
    holds: Holds | None = None,
    allowed: list[str] | None = None,
    schedules: int = SCHEDULES,
    seed: int = 0,
    leftovers: bool = True,
    shrinking: bool = True,
    replay: Schedule | None = None,
    progress: Callable[[int], None] | None = None,
    confinement: Confinement | None = None,
) -> Exploration:
    """Run a program under many schedules.

    Args:
        call: the program: a function of a file, with plain arguments.
        holds: whether a value that it returned is right; None: right is what it returns in those
            orders in which nobody is interrupted.
        allowed: the right values as text, for the report.
        schedules: how many to run at most.
        seed: of every random choice; the same seed runs the same schedules.
        leftovers: whether a process or shared-memory block that is left is a failure.
        shrinking: whether a failing schedule is made small before it is shown.
        replay: run this schedule alone.
        progress: called with the number of schedules so far.
        confinement: how the program's processes are confined (default: not at all).

    Raises:
        NotImported: if the file cannot be imported. HostGone: if it ends the interpreter at import.
        NoFunction: if it has no such function.
    """
    started = time.perf_counter()
    with pinned(), Program(call, confinement) as program:
        search = _Search(program, holds, schedules, seed, leftovers, progress)
        search.found.allowed = list(allowed or [])
        search.is_shrinking = shrinking
        search.found.functions = program.functions
        try:
            search.replay(replay) if replay is not None else search.go()
        except HostGone as gone:
            search.inconclusive(f"the program took its host down: {gone.how}")
    search.found.seconds = round(time.perf_counter() - started, 3)
    return search.found


@contextmanager
def pinned() -> Iterator[None]:
    """All on one CPU while exploring: only one actor runs at a time, and handing over is cheaper there.

    What is started meanwhile inherits it.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    # A grader comes here with one CPU, on which no other explores (lease.narrowed); others go by their ids.
    cpu = sorted(before)[os.getpid() % len(before)]
    os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class _Pending:
    """Decisions that were not taken, by how many preemptions they come to: where each branches off."""

    def __init__(self) -> None:
        self.left: list[list[tuple[list[str], int, str]]] = [[] for _ in range(MOST_PREEMPTIONS + 1)]
        self.left[0].append(([], 0, ""))

    def take(self, preemptions: int, index: int = 0) -> list[str]:
        """One of them as the decisions that lead there."""
        names, length, other = self.left[preemptions].pop(index)
        return [*names[:length], other] if other else []

    def up_to(self, preemptions: int) -> int:
        """How many there are."""
        return sum(len(self.left[n]) for n in range(preemptions + 1))


class _Over(Exception):
    """The search has its answer."""


class _Search:
    def __init__(
        self,
        program: Program,
        holds: Holds | None,
        schedules: int,
        seed: int,
        leftovers: bool,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.found = Exploration(seed=seed)
        self._program = program
        self._holds = holds
        self._serial: list[Any] | None = [] if holds is None else None
        self._schedules = schedules
        self._seed = seed
        self._leftovers = leftovers
        self._progress = progress
        self.is_shrinking = True
        self._is_guessing = self._doubtful = False  # whether what is right was seen in a part of the orders
        self._off_grid = 0
        self._away = ""
        self._first: tuple[Finding, Ended] | None = None  # what went wrong as all schedules did so far
        self._any_right = False
        self._bound = FIRST_BOUND
        self._preemptions = MOST_PREEMPTIONS
        self._logs: list[list[Entry]] = []
        self._started = time.perf_counter()

    # -- the plan --------------------------------------------------------------------------------------

    def go(self) -> None:
        """All of it, until a schedule goes wrong or the budget is used up."""
        try:
            self._all()
            if self._first is not None:
                self._conclude(*self._first)
        except _Over:
            return
        if not self.found.schedules - self._off_grid:
            self.inconclusive(self._away)
        elif self._doubtful:
            self.inconclusive(
                "it has many results, and there are too many orders in which nobody is interrupted to tell "
                "which of them are right: say so (--expect, --allow)"
            )

    def _all(self) -> None:
        pending = self._orders()
        if self._first is not None:
            self.found.uninterrupted = self.found.schedules
            if self.found.schedules < self._schedules:
                self._run(strategies.OneAfterAnother())
        # What was not seen to its end is no part of "all of them".
        self.found.exhaustive = self._systematic(pending) and not self._off_grid
        if self.found.exhaustive:
            self.found.systematic = self.found.schedules
            if not (self.found.has_deadlines or self._has_pipes()):
                return
            # Small pipes are no part of what was tried systematically, nor more than two early time-outs.
            self._schedules = min(self._schedules, self.found.schedules + MORE)
        self._sampled()

    def _conclude(self, finding: Finding, ended: Ended) -> None:
        """All schedules went wrong alike. If they are many, no order is to blame.

        Those without preemption alone would not tell, nor a few others: a right order may be as rare as a
        wrong one mostly is. So it is looked for in the same way, and with the same budget.
        """
        found = self.found
        found.exhaustive, found.systematic = False, 0
        if found.schedules - self._off_grid < LEAST_TRIED:
            self._report(finding, ended)
            return
        found.outcome, found.finding = "failed", finding
        found.in_every_order = found.schedules - self._off_grid
        self._remember(ended, finding)

    def _orders(self) -> _Pending:
        """Every order without preemption; returns the decisions not taken, by preemptions."""
        pending = _Pending()
        runs = 0
        rng = self._rng("orders")
        while pending.left[0] and runs < self._most_orders():
            some = rng.randrange(len(pending.left[0])) if len(pending.left[0]) > MOST_ORDERS else 0
            self._guided(pending.take(0, some), pending, log=runs == 0)
            runs += 1
            if runs == 1 and len(pending.left[1]) > self._schedules:
                # Far too many to try them all: from here on decisions only where somebody has to wait.
                self._preemptions, pending = 0, _Pending()
        self._is_guessing = self._serial is not None and bool(pending.left[0])
        self._holds_serial()
        return pending

    def _most_orders(self) -> int:
        # With a small budget and many processes they would take all of it, and a race needs a preemption.
        return min(MOST_ORDERS, (self._schedules + 1) // 2)

    def _systematic(self, pending: _Pending) -> bool:
        """All schedules with 1, then 2 preemptions, as far as they fit; whether all of them did."""
        if pending.left[0] or not self._preemptions:
            return False
        self.found.bound = 0
        for bound in range(1, MOST_PREEMPTIONS + 1):
            while waiting := pending.up_to(bound):
                # One that cannot be finished is not begun: sampling finds more for the same.
                share = 1.0 if bound == MOST_PREEMPTIONS else SINGLES_SHARE
                if self.found.schedules + waiting > share * self._schedules:
                    return False
                level = min(n for n in range(bound + 1) if pending.left[n])
                self._guided(pending.take(level), pending)
            self.found.bound = bound
        return True

    def _guided(self, prefix: list[str], pending: _Pending, log: bool = False) -> None:
        guide = strategies.Guided(prefix, self._preemptions)
        self._run(guide, log=log, exact=True)
        names = [slot.chosen for slot in guide.slots]
        for index in range(len(prefix), len(guide.slots)):
            slot = guide.slots[index]
            spent = slot.spent + (slot.current is not None)
            others = [(other, spent) for other in slot.able]
            others += [(other, slot.spent + 1) for other in slot.early]
            for other, cost in others:
                if other != slot.chosen and cost <= self._preemptions:
                    pending.left[cost].append((names, index, other))

    def _sampled(self) -> None:
        """The seeded round robin."""
        if self.found.schedules >= self._schedules:
            return
        self._run(strategies.RandomWalk(self._rng("profile"), 5.0), log=True)
        mix = Mix(self._logs)
        number = 0
        while self.found.schedules < self._schedules:
            rng = self._rng(number)
            strategy = mix.strategy(number, rng)
            early = random.Random(rng.random()) if rng.random() < 0.7 and self.found.has_deadlines else None
            self._run(strategy, tight=rng.random() < 0.5, early=early)
            number += 1

    def _has_pipes(self) -> bool:
        return any(entry.kind in ("send", "put") for log in self._logs for entry in log)

    def _rng(self, what: object) -> random.Random:
        return random.Random(f"{self._seed}/{what}")

    # -- one schedule ----------------------------------------------------------------------------------

    def _run(
        self,
        strategy: Strategy,
        *,
        log: bool = False,
        tight: bool = False,
        exact: bool = False,
        early: random.Random | None = None,
    ) -> Ended:
        found = self.found
        run = Run(self._program, strategy, log=log, tight=tight, early=early, exact=exact, bound=self._bound)
        ended = run.go()
        blocks = self._program.sweep()
        if ended.how == "abandoned":
            return ended
        found.schedules += 1
        found.exploring_seconds = time.perf_counter() - self._started
        found.most_points = max(found.most_points, ended.points)
        found.has_deadlines = found.has_deadlines or ended.has_deadlines
        if found.schedules == 1 and ended.how != "livelock":
            self._bound = max(MOST_POINTS, 20 * ended.points)
        if self._progress is not None:
            self._progress(found.schedules)
        if log:
            self._logs.append(ended.log)
        self._count_processes(ended)
        ended.left += [f"shared-memory block {name}" for name in blocks]
        self._judge(ended)
        return ended

    def _count_processes(self, ended: Ended) -> None:
        found = self.found
        found.processes = max(found.processes, len({actor.process.name for actor in ended.actors}))
        found.sharing = max(found.sharing, len(sharing(ended)))

    def _judge(self, ended: Ended) -> None:
        found = self.found
        found.results[ending_of(ended)] += 1
        if ended.how == "off-grid":
            self._off_grid += 1
            where = f" (line {ended.waiting[0].line})" if ended.waiting and ended.waiting[0].line else ""
            self._away = (
                "a process was away for longer than the scheduler waits: in a long calculation, in a "
                f"program that it started, or waiting for something outside{where}"
            )
            if self._off_grid >= OFF_GRID_RUNS:
                if self._first is not None:
                    self._report(*self._first)
                else:
                    self.inconclusive(self._away)
                raise _Over
            return
        if ended.how == "refused":
            found.error = ended.error
            self.inconclusive(f"the function returned a {ended.error.get('what', 'value')}, not plain data")
            raise _Over
        finding = self._finding(ended)
        if finding == "wrong-result" and self._is_guessing:
            self._doubtful = True
        elif self._first is not None and finding != self._first[0]:
            self._report(*self._first)  # it can go otherwise, so the order matters
            raise _Over
        elif finding in NO_RACE and not self._any_right:
            self._first = self._first or (finding, ended)
        elif finding is not None:
            self._report(finding, ended)
            raise _Over
        self._any_right = self._any_right or finding is None

    def _finding(self, ended: Ended) -> Finding | None:
        if ended.how == "deadlock":
            return "deadlock"
        if ended.how == "livelock":
            return "livelock"
        if ended.how in ("raised", "ended", "channel"):
            return "exception"
        if ended.how == "value":
            if not self._is_right(ended.value):
                return "wrong-result"
            if self._leftovers and ended.left:
                return "leftovers"
        return None

    def _is_right(self, value: Any) -> bool:
        if self._holds is not None:
            return self._holds(value)
        assert self._serial is not None
        self._serial.append(value)  # an order without preemption: what comes out is right
        return True

    def _holds_serial(self) -> None:
        if self._serial is None:
            return
        right, self._serial = self._serial, None
        self._holds = lambda value: any(_same(value, each) for each in right)
        self.found.allowed = list(dict.fromkeys(short(value) for value in right))

    # -- a failing schedule ----------------------------------------------------------------------------

    def _report(self, finding: Finding, ended: Ended) -> None:
        found = self.found
        found.outcome, found.finding = "failed", finding
        number = found.schedules if self._first is None else 1
        again = [self._replayed(ended.turns, ended.tight) for _ in range(REPLAYS)]
        replays = sum(self._fails_alike(each, finding, ended) for each in again)
        shown = again[0] if replays else ended
        if replays == REPLAYS and self.is_shrinking:
            shown = shrink(
                shown,
                lambda turns, most: self._attempt(turns, most, ended.tight, finding),
                # What goes on and on goes on and on in every try.
                *((3 * MOST_POINTS,) if finding == "livelock" else ()),
            )
            if shown is not again[0]:
                shown = self._replayed(shown.turns, ended.tight)
            if not self._fails_alike(shown, finding, None):
                shown = again[0]
        self._take(shown, finding, number, replays, self._is_latent(shown, finding))

    def _is_latent(self, shown: Ended, finding: Finding) -> bool:
        """Whether it only goes wrong where pipes hold as little as they can."""
        if not shown.tight or finding != "deadlock":
            return False
        return self._finding(self._lenient(shown.turns, tight=False)) != finding

    def _take(self, shown: Ended, finding: Finding, number: int, replays: int, latent: bool) -> None:
        self._remember(shown, finding)
        self.found.interleaving = interleaving_of(
            shown,
            self._program.call.path,
            finding,
            self.found.allowed,
            schedule=number,
            seed=self._seed,
            replays=replays,
            latent=latent,
        )

    def _remember(self, shown: Ended, finding: Finding) -> None:
        """What a failing schedule gave, and the schedule itself."""
        found, call = self.found, self._program.call
        found.ended, found.value, found.error = shown, shown.value, shown.error
        found.printed = self._program.printed()
        found.schedule = Schedule(
            function=call.name,
            args=list(call.args),
            kwargs=call.kwargs or {},
            turns=[RecordedTurn(each.actor, each.points, each.how, each.clock) for each in shown.turns],
            tight=shown.tight,
            finding=finding,
            ending=ending_of(shown),
            seed=self._seed,
        )

    def _replayed(self, turns: list[Turn], tight: bool) -> Ended:
        return self._again(strategies.Replay(turns), tight, log=True)

    def _lenient(self, turns: list[Turn], tight: bool, most: Cost | None = None) -> Ended:
        costing = Costing()
        gives_up = (lambda so_far: costing.of(so_far) >= most) if most is not None else None
        return self._again(strategies.Replay(turns, strict=False, gives_up=gives_up), tight, log=False)

    def _again(self, strategy: strategies.Replay, tight: bool, log: bool) -> Ended:
        ended = Run(self._program, strategy, log=log, tight=tight, bound=self._bound).go()
        ended.diverged = strategy.diverged
        ended.left += [f"shared-memory block {name}" for name in self._program.sweep()]
        return ended

    def _attempt(self, turns: list[Turn], most: Cost, tight: bool, finding: Finding) -> Ended | None:
        ended = self._lenient(turns, tight, most)
        return ended if self._finding(ended) == finding else None

    def _fails_alike(self, ended: Ended, finding: Finding, as_before: Ended | None) -> bool:
        if ended.diverged or self._finding(ended) != finding:
            return False
        return as_before is None or ending_of(ended) == ending_of(as_before)

    def replay(self, schedule: Schedule) -> None:
        """Run one recorded schedule."""
        turns = [Turn(each.actor, each.points, each.how, each.clock) for each in schedule.turns]
        if self._holds is None:
            # What is right is what comes out when nobody is interrupted.
            for seed in range(4):
                order = strategies.InOrder(random.Random(seed) if seed else None)
                serial = (
                    self._again(strategies.Replay((), strict=False), False, log=False)
                    if not seed
                    else (Run(self._program, order, bound=self._bound).go())
                )
                if serial.how == "value":
                    self._is_right(serial.value)
            self._holds_serial()
        ended = self._replayed(turns, schedule.tight)
        self.found.schedules = 1
        self.found.results[ending_of(ended)] += 1
        self._count_processes(ended)
        finding = self._finding(ended)
        went_otherwise = [_way(each) for each in ended.turns] != [_way(each) for each in turns]
        if ended.diverged or (finding is None and went_otherwise):
            self.inconclusive(
                "the program did not go the way that was recorded: it, or its input, has changed"
            )
        elif finding is not None:
            self.found.outcome, self.found.finding = "failed", finding
            again = [self._replayed(turns, schedule.tight) for _ in range(REPLAYS)]
            replays = sum(self._fails_alike(each, finding, ended) for each in again)
            # It was found in another run: this one has no number for it.
            self._take(ended, finding, 0, replays, self._is_latent(ended, finding))

    def inconclusive(self, reason: str) -> None:
        """No verdict, and why."""
        self.found.outcome, self.found.finding, self.found.reason = "inconclusive", None, reason


class Mix:
    """The round robin of a sampled search, from what a first run or two have shown.

    The shares follow what each found, run alone, over the collection in tests/interleavings/programs
    (`benchmarks/interleavings/README.md` has the command): a walk that may switch at nearly each point finds
    most, POS most of the deadlocks, and the others what these hardly ever meet.
    """

    def __init__(self, logs: list[list[Entry]]) -> None:
        self._pairs = list(dict.fromkeys(pair for log in logs for pair in strategies.conflicting_pairs(log)))
        self._places = _student_places(logs[0])
        random.Random(len(self._places)).shuffle(self._places)  # each is held at once before any twice
        self._meetings = list(dict.fromkeys((pair.held[0], pair.held[2]) for pair in self._pairs))
        self._weights = Counter(entry.actor for entry in logs[0])
        self._actors = [name for name in self._weights if name != "main"] or ["main"]
        self._has_conditions = any(entry.kind.startswith(("wait", "notify")) for log in logs for entry in log)

    def strategy(self, number: int, rng: random.Random) -> Strategy:
        """The strategy of the `number`-th sampled schedule."""
        turn, round_ = number % 12, number // 12
        if turn == 0 and self._pairs:
            pair = self._pairs[round_ % len(self._pairs)]
            return strategies.Directed(rng, pair, skip=rng.choice((0, 0, 0, 1, 2, 5)))
        if turn in (2, 8):
            return strategies.POS(rng)
        if turn == 3 and self._places:
            return strategies.Hold(rng, *self._places[round_ % len(self._places)])
        if turn == 4:
            return strategies.LockStep(rng, quantum=round_ % 3 + 1)
        if turn in (5, 10):
            return strategies.CoarseWalk(rng)
        if turn == 6 and self._meetings:
            return strategies.Rendezvous(rng, self._meetings[round_ % len(self._meetings)])
        if turn == 9 or (turn in (7, 11) and self._has_conditions):
            coarse = rng.random() < 0.6
            walk = strategies.CoarseWalk(rng) if coarse else strategies.RandomWalk(rng, 0.7)
            blocks, turns = rng.choice(((1, 3), (1, 4), (2, 1), (2, 2), (2, 3)))
            return strategies.Starve(rng.choice(self._actors), blocks, turns, walk)
        if turn == 11 and self._places:
            return strategies.PCT(rng, rng.choice((2, 3, 3, 4)), self._places)
        weights = self._weights if rng.random() < 0.5 else None
        return strategies.RandomWalk(rng, rng.choice((0.3, 0.5, 0.7, 1.5, 5.0)), weights)


def _student_places(log: list[Entry]) -> list[tuple[str, int]]:
    """Each actor's points that are on the student's own lines, by their number."""
    counts: Counter[str] = Counter()
    places = []
    for entry in log:
        if entry.kind in ("blocked", "start", "end"):
            continue
        if entry.line and counts[entry.actor]:
            places.append((entry.actor, counts[entry.actor]))
        counts[entry.actor] += 1
    return places


def sharing(ended: Ended) -> set[str]:
    """The processes of a logged schedule that did something that others can see."""
    processes = {actor.name: actor.process.name for actor in ended.actors}
    return {
        processes[entry.actor]
        for entry in ended.log
        if entry.actor in processes and touches(entry, processes)
    }


def _schedules(number: int) -> str:
    return f"{number:,} schedule{'s' if number != 1 else ''}"


def _way(turn: Turn) -> tuple[str, int, str]:
    return turn.actor, turn.points, turn.how


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


__all__ = ["Call", "Exploration", "HostGone", "NoFunction", "NotImported", "Schedule", "explore"]
