"""`interleavings`: the fixture with which a grader's test asks for every order of steps.

    interleavings.explore("count_up", processes=2, increments=2).always(4)

How orders are tried is this module's business, not the grader's: now by repeated real runs with
random pauses, as many as course.toml says for the start method being tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from manychefs.grading.explain import brief
from manychefs.grading.outcome import CheckEnded, CheckFailed
from manychefs.grading.student import Bench
from manychefs.interleavings.repeated import Tally, repeated, shown
from manychefs.report import Feedback

Because = str | Callable[[Any], str]
"""A likely cause, or a function that gives it for the value that came out."""


class Explorer:
    """Explores orders of steps of the submission's program."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def explore(self, name: str, *args: Any, **kwargs: Any) -> Exploration:
        """The program `NAME(*args, **kwargs)`, to be run under many orders of steps.

        Keep it small (two or three processes, a few steps each): small programs have few orders.
        """
        return Exploration(self._bench, name, args, kwargs)


@dataclass(frozen=True)
class Exploration:
    """A program to be explored; ask it what must hold."""

    bench: Bench
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def always(self, expected: Any, because: Because = "") -> None:
        """Every order of steps gives `expected`, ends, and raises nothing.

        Args:
            because: the likely cause if not; a line that begins with `Next:` is the next step.

        Raises:
            CheckFailed: with the first order of steps that does not.
        """
        self.always_true(lambda value: bool(value == expected), f"not {brief(expected)}", because)

    def always_true(self, holds: Callable[[Any], bool], otherwise: str, because: Because = "") -> None:
        """Every order of steps gives a value for which `holds` is true.

        Args:
            otherwise: what is wrong with a value for which it is not, to follow "returned 5, …".
        """
        bench = self.bench
        repeats = bench.exercise.repeats_under(bench.method, bench.method == bench.start_methods[0])
        tally = Tally()
        for outcome in repeated(self._run, repeats, bench.seed + 1):
            tally.add(shown(outcome, brief))
            where = f"in run {tally.runs} of {repeats} with random pauses"
            try:
                value = bench.value(outcome)
            except CheckEnded as ended:
                ended.feedback.evidence.insert(0, f"{where}; {_tally_line(tally)}")
                raise
            if holds(value):
                continue
            assert bench.last_call is not None
            cause, next_step = split_because(because(value) if callable(because) else because)
            raise CheckFailed(
                Feedback(
                    happened=f"{bench.last_call.text()} returned {brief(value)}, {otherwise}, "
                    f"{where}, under {bench.method}.",
                    cause=cause,
                    evidence=[_tally_line(tally)],
                    next_step=next_step,
                ),
                tally.evidence(otherwise.removeprefix("not ")),
            )

    def _run(self, seed: int) -> Any:
        return self.bench.call(self.name, self.args, self.kwargs, delays=seed)


def _tally_line(tally: Tally) -> str:
    results = ", ".join(f"{result} ({count}x)" for result, count in tally.counts.most_common(6))
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
