"""`interleavings`: the fixture with which a grader's test asks for every order of steps.

    interleavings.explore("count_up", processes=2, increments=2).always(4)

How orders are tried is this module's business, not the grader's. Under fork the program is steered through
as many schedules as course.toml says (manychefs.interleavings.search); then, under each start method, come
repeated real runs with random pauses, which see what steering cannot: the real scheduler, spawn, forkserver.
Where nothing can be steered (no fork, no pidfd), the real runs stand alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from manychefs.course import Exercise, StartMethod
from manychefs.grading.difference import differences
from manychefs.grading.explain import Call, brief, explored_deadlock, fail
from manychefs.grading.outcome import CheckEnded, CheckFailed
from manychefs.grading.student import Bench
from manychefs.interleavings import search
from manychefs.interleavings.program import HostGone, NoFunction, NotImported
from manychefs.interleavings.repeated import Tally, repeated, shown
from manychefs.report import Feedback, Outcomes
from manychefs.sandbox.host import Outcome, error_of
from manychefs.speedup import lease

Because = str | Callable[[Any], str]
"""A likely cause, or a function that gives it for the value that came out.

A text is the cause of a race, and is not told where the same wrong value comes out in every order of steps.
"""
BY_CHANCE = "with random pauses"  # how what only a real run has shown is told
MOST_RESULTS = 6  # different ones that are told
NO_RACE = (
    "No race: it comes out wrong also when the processes run one after another, and nobody is interrupted. "
    "So the mistake is in what is worked out, or in what is handed over, not in the order of steps."
)
VARIES = (
    "It comes out wrong in every order of steps that was tried, also where the processes run one after "
    "another, but not always in the same way."
)


class Explorer:
    """Explores orders of steps of the submission's program.

    Args:
        steers: whether orders of steps are explored; if not, the real runs stand alone.
    """

    def __init__(self, bench: Bench, steers: bool = True) -> None:
        self._bench = bench
        self._steers = steers

    def explore(self, name: str, *args: Any, **kwargs: Any) -> Exploration:
        """The program `NAME(*args, **kwargs)`, to be run under many orders of steps.

        Keep it small (two or three processes, a few steps each): small programs have few orders.
        """
        return Exploration(self._bench, name, args, kwargs, self._steers)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of a value that an order of steps must not give.

    otherwise, because: see `Exploration.always_true`. shown: what is different from the value expected.
    """

    otherwise: str
    because: Because
    shown: Callable[[Any], list[str]] = lambda _value: []

    @property
    def allowed(self) -> str:
        return self.otherwise.removeprefix("not ")

    def feedback(self, call: Call, value: Any, how: str) -> Feedback:
        """The four parts, for a value that came out in the way that `how` says."""
        cause, next_step = split_because(self.because(value) if callable(self.because) else self.because)
        return Feedback(
            happened=f"{call.text()} returned {brief(value)}, {self.otherwise}, {how}.",
            cause=cause,
            evidence=self.shown(value),
            next_step=next_step,
        )


@dataclass(frozen=True)
class Exploration:
    """A program to be explored; ask it what must hold."""

    bench: Bench
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    steers: bool = True

    def always(self, expected: Any, because: Because = "") -> None:
        """Every order of steps gives `expected`, ends, and raises nothing.

        Args:
            because: the likely cause if not; a line that begins with `Next:` is the next step.

        Raises:
            CheckFailed: with the first order of steps that does not.
        """
        told = _Told(f"not {brief(expected)}", because, lambda value: differences(value, expected))
        self._always(lambda value: bool(value == expected), told)

    def always_true(self, holds: Callable[[Any], bool], otherwise: str, because: Because = "") -> None:
        """Every order of steps gives a value for which `holds` is true.

        Args:
            otherwise: what is wrong with a value for which it is not, to follow "returned 5, …".
        """
        self._always(holds, _Told(otherwise, because))

    def _always(self, holds: Callable[[Any], bool], told: _Told) -> None:
        self._steered(holds, told)
        self._repeated(holds, told)

    def _steered(self, holds: Callable[[Any], bool], told: _Told) -> None:
        """Explore schedules, where that can be done; what it finds ends the check."""
        bench = self.bench
        if not (self.steers and is_steered(bench.exercise, bench.method)):
            return
        bench.begin_exploring(self.name, self.args, self.kwargs)
        call = search.Call(bench.submission, self.name, self.args, self.kwargs, bench.exercise.limits)
        try:
            with lease.narrowed():
                found = search.explore(
                    call,
                    holds=holds,
                    allowed=[told.allowed],
                    schedules=bench.exercise.schedules,
                    seed=bench.seed,
                    leftovers=False,
                    confinement=bench.confinement,
                )
        except (NotImported, NoFunction, HostGone):
            return  # the real runs meet the same, and say it in the words of every other check
        bench.check_until += found.seconds  # its budget is a number of schedules, not of seconds
        if found.finding is not None:
            self._fail(found, told)

    def _fail(self, found: search.Exploration, told: _Told) -> None:
        call = Call(self.name, self.args, self.kwargs, "fork")
        if found.in_every_order:
            self._fail_in_every_order(found, call, told)
        order = found.interleaving
        assert order is not None
        how = f"in schedule {order.schedule} of those explored"
        if found.finding == "wrong-result":
            raise CheckFailed(told.feedback(call, found.value, how), order)
        if found.finding in ("deadlock", "livelock"):
            raise CheckFailed(explored_deadlock(order, call, how), order)
        try:
            fail(_as_outcome(found), call, self.bench.submission, found.functions)
        except CheckFailed as failed:
            failed.feedback.evidence.insert(0, how)
            failed.evidence = order
            raise

    def _fail_in_every_order(self, found: search.Exploration, call: Call, told: _Told) -> NoReturn:
        """What goes wrong in whichever order: no order of steps is evidence, and no race the cause."""
        orders = found.in_every_order
        tried = (
            f"in every order tried: {orders} of {orders}, {found.uninterrupted} of them without interruption"
        )
        if found.finding == "exception":
            try:
                fail(_as_outcome(found), call, self.bench.submission, found.functions)
            except CheckFailed as failed:
                failed.feedback.evidence.insert(0, tried)
                raise
        outcomes = Outcomes(runs=orders, counts=found.results.most_common(), expected=told.allowed)
        results = ", ".join(f"{result} ({count}x)" for result, count in outcomes.counts[:MOST_RESULTS])
        feedback = told.feedback(call, found.value, "in every order tried")
        varies = len(found.results) > 1
        is_told = varies or callable(told.because)
        why, next_step = (feedback.cause, feedback.next_step) if is_told else ("", "")
        feedback.cause = " ".join(filter(None, (VARIES if varies else NO_RACE, why)))
        feedback.evidence = [
            f"expected: {told.allowed}",
            *feedback.evidence,
            f"wrong {tried}",
            f"got: {results}",
        ]
        feedback.next_step = (
            next_step or "Get the checks above to pass first: they need no special order of steps."
        )
        raise CheckFailed(feedback, outcomes)

    def _repeated(self, holds: Callable[[Any], bool], told: _Told) -> None:
        bench = self.bench
        repeats = bench.exercise.repeats_under(bench.method, bench.is_first)
        tally = Tally()
        for outcome in repeated(self._run, repeats, bench.seed + 1):
            tally.add(shown(outcome, brief))
            where = f"in run {tally.runs} of {repeats} {BY_CHANCE}"
            try:
                value = bench.value(outcome)
            except CheckEnded as ended:
                ended.feedback.evidence.insert(0, f"{where}; {_tally_line(tally)}")
                raise
            if holds(value):
                continue
            assert bench.last_call is not None
            feedback = told.feedback(bench.last_call, value, f"{where}, {bench.last_call.under()}")
            feedback.evidence.insert(0, _tally_line(tally))
            raise CheckFailed(feedback, tally.evidence(told.allowed))

    def _run(self, seed: int) -> Any:
        return self.bench.call(self.name, self.args, self.kwargs, delays=seed)


def is_steered(exercise: Exercise, method: StartMethod) -> bool:
    """Whether a `races` check explores orders of steps under this start method, before its real runs."""
    return bool(exercise.schedules) and method == "fork" and can_steer()


def can_steer() -> bool:
    """Whether this system has what steering needs: fork, and processes as file descriptors (Linux)."""
    return hasattr(os, "fork") and hasattr(os, "pidfd_open")


def _as_outcome(found: search.Exploration) -> Outcome:
    """An exception of a schedule as if it had come out of a call."""
    if found.error:
        return Outcome("raised", error=error_of(found.error), printed=found.printed)
    if found.ended is not None and found.ended.how == "channel":
        return Outcome("channel", error={"reason": "what its processes sent cannot be understood"})
    return Outcome("ended", error={"status": None}, printed=found.printed)


def _tally_line(tally: Tally) -> str:
    results = ", ".join(f"{result} ({count}x)" for result, count in tally.counts.most_common(MOST_RESULTS))
    return f"results of {tally.runs} run{'s' if tally.runs > 1 else ''}: {results}"


def split_because(text: str) -> tuple[str, str]:
    """A `because` or an assert's message as (cause, next step)."""
    lines = [line.strip() for line in text.strip().splitlines()]
    steps = [line.removeprefix("Next:").strip() for line in lines if line.startswith("Next:")]
    cause = [line.removeprefix("Cause:").strip() for line in lines if not line.startswith("Next:")]
    return _sentence(cause), _sentence(steps)


def _sentence(parts: list[str]) -> str:
    text = " ".join(filter(None, parts))
    return text[:1].upper() + text[1:]
