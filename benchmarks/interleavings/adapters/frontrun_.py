"""The thread versions under frontrun: its strategies `dpor` (its default) and `random`.

Each with its default clock, which is the real one, and with its virtual one (`dpor-virtual`): with the
real clock, version 0.7.0 waits out its time-out where a thread waits for a condition.
"""

import frontrun
from model import answer


def explore(program, strategy, schedules, seconds, seed):
    """Explore as its documentation shows, without the ten replays of a failure that it makes by default."""
    strategy, _, clock = strategy.partition("-")
    limits = (
        {"max_executions": schedules} if strategy == "dpor" else {"max_attempts": schedules, "seed": seed}
    )
    found = frontrun.explore(
        setup=program.make,
        workers=list(program.THREADS),
        invariant=program.check,
        strategy=strategy,
        clock=clock or "real",
        reproduce_on_failure=0,
        total_timeout=seconds,
        **limits,
    )
    caught = None if found.property_holds is None else not found.property_holds
    words = (found.explanation or found.inconclusive_reason or "").strip().splitlines()
    return caught, found.num_explored, words[0] if words else ""


if __name__ == "__main__":
    answer(explore)
