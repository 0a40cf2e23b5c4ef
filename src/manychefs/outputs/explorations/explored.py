"""Explored: what `chefs explore` found, as plain data. Its JSON is what `--json` prints."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from manychefs.interleavings.search import Exploration, Schedule
from manychefs.outputs.explorations import words
from manychefs.report import Feedback, Finding, Interleaving, clean

Outcome = Literal["passed", "failed", "inconclusive"]


class Explored(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What exploring one function of one script has found.

    verdict: `passed` claims no more than `claim`. kind: what a failing schedule brought to light. latent:
    whether it only goes wrong once a pipe or queue holds more than this program puts there. claim: the
    verdict in one line. schedules: how many were run. in_every_order: whether all of them went wrong,
    also those in which processes run one after another; then it is no race, and there is no interleaving.
    exhaustive: whether the first `systematic` of them are all that have up to `bound` preemptions. seconds:
    wall clock. seed: of every random choice. replayed: whether a schedule from a file was run, and no
    other. allowed: the right values as text. results: what
    came out, and how often. reason: why it is inconclusive. feedback: the four parts, unless it passed.
    printed: what the program printed in the failing schedule. interleaving: the steps of the failing
    schedule. schedule: that schedule, to be replayed.
    """

    file: str
    function: str
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    verdict: Outcome
    kind: Finding | None = None
    latent: bool = False
    claim: str
    schedules: int
    in_every_order: bool = False
    exhaustive: bool
    systematic: int = 0
    bound: int | None = None
    seconds: float
    seed: int
    replayed: bool = False
    allowed: list[str] = []
    results: list[tuple[str, int]] = []
    reason: str = ""
    feedback: Feedback | None = None
    printed: str = ""
    interleaving: Interleaving | None = None
    schedule: Schedule | None = None
    schema: Literal["manychefs/exploration/1"] = "manychefs/exploration/1"

    def to_json(self) -> bytes:
        """All of it as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


def explored(found: Exploration, asked: words.Asked) -> Explored:
    """What an exploration of what was asked for has found."""
    reason = found.reason or words.nothing_to_order(found)
    verdict: Outcome = found.outcome
    if verdict == "passed" and reason:
        verdict = "inconclusive"
    return Explored(
        file=clean(asked.shown),
        function=asked.call.name,
        args=list(asked.call.args),
        kwargs=asked.call.kwargs or {},
        verdict=verdict,
        kind=found.finding,
        latent=found.interleaving is not None and found.interleaving.latent,
        claim=words.claim(found, asked, reason),
        schedules=found.schedules,
        in_every_order=bool(found.in_every_order),
        exhaustive=found.exhaustive and not asked.is_replay,
        systematic=found.systematic if found.exhaustive else 0,
        bound=found.bound if found.bound >= 0 else None,
        seconds=found.seconds,
        seed=found.seed,
        replayed=asked.is_replay,
        allowed=found.allowed,
        results=found.results.most_common(),
        reason=reason if verdict == "inconclusive" else "",
        feedback=words.feedback(found, asked, reason) if verdict != "passed" else None,
        printed=clean(found.printed),
        interleaving=found.interleaving,
        schedule=found.schedule,
    )
