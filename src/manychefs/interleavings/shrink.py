"""Makes a failing schedule small: as few context switches as still fail.

A schedule is a list of turns. Deleting a context switch means letting whoever was interrupted go on, or
leaving a turn out; what is left is replayed as well as it goes (where the recorded actor cannot run,
the current one goes on; when the turns are used up, nobody is interrupted any more). Whatever still
fails in the same way and has fewer preemptions, or as many and fewer switches, is kept, and the search
starts over from what really happened in it. Large pieces are tried first, as in ddmin (Zeller and
Hildebrandt, 2002), because most of a random schedule has no part in its failure.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from manychefs.interleavings.scheduler import Ended, Turn

TRIES = 120
MOST_POINTS = 600_000  # of all tries together


def shrink(
    failing: Ended, attempt: Callable[[list[Turn]], Ended | None], most_points: int = MOST_POINTS
) -> Ended:
    """A schedule that fails in the same way, with as few context switches as were found.

    Args:
        attempt: replays turns; gives how that ended if it failed in the same way, else None.
        most_points: when the tries have passed so many points together, the best so far is given.
    """
    best = failing
    tries = spent = 0
    is_better = True
    while is_better:
        is_better = False
        for candidate in _smaller(best.turns):
            tries += 1
            spent += best.points
            if tries > TRIES or spent > most_points:
                return best
            ended = attempt(candidate)
            if ended is not None and cost(ended.turns) < cost(best.turns):
                best, is_better = ended, True
                break
    return best


def cost(turns: list[Turn]) -> tuple[int, int, int]:
    """What is made small: preemptions, then switches, then turns."""
    return preemptions(turns), switches(turns), len(turns)


def preemptions(turns: list[Turn]) -> int:
    """How often an actor that could go on was interrupted by another."""
    return sum(
        turn.how == "point" and following.actor != turn.actor for turn, following in itertools.pairwise(turns)
    )


def switches(turns: list[Turn]) -> int:
    """How often the turn left an actor that had not ended."""
    return sum(
        turn.how != "ended" and following.actor != turn.actor for turn, following in itertools.pairwise(turns)
    )


def _smaller(turns: list[Turn]) -> Iterator[list[Turn]]:
    """Candidates, the boldest first."""
    size = len(turns)
    while size >= 1:
        for start in range(0, len(turns), size):
            yield turns[:start] + turns[start + size :]
        size //= 2
    for index, turn in enumerate(turns):
        if turn.how == "point":
            yield [*turns[:index], Turn(turn.actor, turn.points, "blocked", turn.clock), *turns[index + 1 :]]
