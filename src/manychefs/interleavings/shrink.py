"""Makes a failing schedule small: as few preemptions and context switches as still fail.

A schedule is a list of turns. A smaller one is looked for in two ways, and replayed as well as it goes
(where the recorded actor cannot run, the current one goes on; when the turns are used up, nobody is
interrupted any more):

    left out            A B A C B A  ──►  A B . . B A     large pieces first, as in ddmin (Zeller and
                                                          Hildebrandt, 2002): most of a random schedule
                                                          has no part in its failure
    brought together    A B A C B A  ──►  A A B C B A     whoever was interrupted goes on at once, or comes
                                          B A A C B A     later, as in Tinertia (Jalbert and Sen, 2010):
                                                          the others' turns stay what they were

Whatever still fails in the same way and costs less is kept as it really went, and the search goes on from
there. A try ends as soon as it costs as much as the best so far.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from manychefs.interleavings.scheduler import Ended, Turn

TRIES = 120
MOST_POINTS = 600_000  # of all tries together
LARGE = 8  # parts of a schedule: smaller ones are left out once its preemptions have been looked at

Cost = tuple[int, int, int]
"""What is made small: preemptions, then switches, then turns."""
Attempt = Callable[[list[Turn], Cost], Ended | None]
"""Replays turns as long as that costs less; gives how it ended if it failed in the same way, else None."""


def shrink(failing: Ended, attempt: Attempt, most_points: int = MOST_POINTS) -> Ended:
    """A schedule that fails in the same way, with as few context switches as were found.

    Args:
        attempt: replays turns as long as it costs less than it is told.
        most_points: when the tries have passed so many points together, the best so far is given.
    """
    shrinking = _Shrinking(failing, attempt, most_points)
    with contextlib.suppress(_Enough):
        while shrinking.go_through():
            pass
    return shrinking.best


class _Enough(Exception):
    """As many tries as there may be."""


class _Shrinking:
    """The best schedule so far, and the ways to a smaller one."""

    def __init__(self, failing: Ended, attempt: Attempt, most_points: int) -> None:
        self.best = failing
        self._cost = cost(failing.turns)
        self._attempt = attempt
        self._points = most_points
        self._tries = TRIES
        self._tried: set[tuple[tuple[str, int, float], ...]] = set()

    def go_through(self) -> bool:
        """Try everything once; whether a smaller one was found."""
        before = self.best
        size = len(before.turns)
        while size > max(1, len(self.best.turns) // LARGE):
            self._leave_out(size)
            size //= 2
        self._bring_together()
        while size >= 1:
            self._leave_out(size)
            size //= 2
        return self.best is not before

    def _leave_out(self, size: int) -> None:
        start = 0
        while start < len(self.best.turns):
            turns = self.best.turns
            # Once it is left out, others stand in its place.
            if not self._is_smaller(turns[:start] + turns[start + size :]):
                start += size

    def _bring_together(self) -> None:
        """Undo preemptions one by one."""
        at = 0
        while at < len(self.best.turns) - 1:
            turns = self.best.turns
            ways = _together(turns, at) if _interrupts(turns[at], turns[at + 1]) else []
            if not any(map(self._is_smaller, ways)):
                at += 1

    def _is_smaller(self, turns: list[Turn]) -> bool:
        """Whether these turns fail in the same way and cost less; if so, they are the best so far."""
        key = tuple((turn.actor, turn.points if turn.how == "point" else -1, turn.clock) for turn in turns)
        if key in self._tried:
            return False
        self._tried.add(key)
        self._tries -= 1
        self._points -= self.best.points
        if self._tries < 0 or self._points < 0:
            raise _Enough
        ended = self._attempt(turns, self._cost)
        if ended is None or cost(ended.turns) >= self._cost:
            return False
        self.best, self._cost = ended, cost(ended.turns)
        return True


def _together(turns: list[Turn], at: int) -> list[list[Turn]]:
    """Ways to have the actor of a turn, which was interrupted after it, not be interrupted there."""
    turn = turns[at]
    ways = [[*turns[:at], Turn(turn.actor, turn.points, "blocked", turn.clock), *turns[at + 1 :]]]
    again = next((number for number in range(at + 1, len(turns)) if turns[number].actor == turn.actor), None)
    if again is not None:
        first, end = at, again
        while first and turns[first - 1].actor == turn.actor:
            first -= 1
        while end < len(turns) and turns[end].actor == turn.actor:
            end += 1
        ways.append([*turns[: at + 1], *turns[again:end], *turns[at + 1 : again], *turns[end:]])
        ways.append([*turns[:first], *turns[at + 1 : again], *turns[first : at + 1], *turns[again:]])
    return ways


class Costing:
    """The cost of turns that become more and more."""

    def __init__(self) -> None:
        self._preemptions = self._switches = self._counted = 0

    def of(self, turns: list[Turn]) -> Cost:
        """The cost of these turns, which begin with those of the last call."""
        for at in range(max(self._counted, 1), len(turns)):
            self._preemptions += _interrupts(turns[at - 1], turns[at])
            self._switches += _leaves(turns[at - 1], turns[at])
        self._counted = len(turns)
        return self._preemptions, self._switches, len(turns)


def cost(turns: list[Turn]) -> Cost:
    """What is made small: preemptions, then switches, then turns."""
    return Costing().of(turns)


def preemptions(turns: list[Turn]) -> int:
    """How often an actor that could go on was interrupted by another."""
    return cost(turns)[0]


def switches(turns: list[Turn]) -> int:
    """How often the turn left an actor that had not ended."""
    return cost(turns)[1]


def _interrupts(turn: Turn, following: Turn) -> bool:
    return turn.how == "point" and following.actor != turn.actor


def _leaves(turn: Turn, following: Turn) -> bool:
    return turn.how != "ended" and following.actor != turn.actor
