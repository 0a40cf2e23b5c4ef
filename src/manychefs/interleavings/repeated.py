"""Repeated real runs with random pauses around shared operations.

Each run is a real run of the real program under a real start method; what differs is where its
processes are paused (see manychefs.sandbox.inside.delays). It finds what repetition can find, and
says no more than that: a pass means that these runs were right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from manychefs.report import Outcomes
from manychefs.sandbox.host import Outcome


@dataclass
class Tally:
    """The results of runs so far, each as text with how often it came."""

    runs: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, result: str) -> None:
        """Count one more run."""
        self.runs += 1
        self.counts[result] += 1

    def evidence(self, expected: str) -> Outcomes:
        """The tally as Evidence."""
        return Outcomes(runs=self.runs, counts=self.counts.most_common(), expected=expected)


def repeated(call: Callable[[int], Outcome], repeats: int, first_seed: int = 1) -> Iterator[Outcome]:
    """The outcomes of `repeats` runs of `call`, each with a seed of its own for its pauses.

    Args:
        call: makes one run, given the seed.
    """
    for seed in range(first_seed, first_seed + repeats):
        yield call(seed)


def shown(outcome: Outcome, brief: Callable[[Any], str]) -> str:
    """One outcome in a tally."""
    if outcome.how == "value":
        return brief(outcome.value)
    return {"raised": str(outcome.error.get("type")), "deadline": "did not end"}.get(outcome.how, outcome.how)
