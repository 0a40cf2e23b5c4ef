"""The thread versions under interleave-test: its strategies `random` (its default), `pct` and `dfs`."""

import interleave_test
from model import answer


def explore(program, strategy, schedules, seconds, seed):
    """Explore as its documentation shows; it has a limit of seconds for a schedule only."""

    def model():
        state = program.make()
        tasks = [interleave_test.spawn(thread, state) for thread in program.THREADS]
        for task in tasks:
            task.join()
        assert program.check(state)

    found = interleave_test.explore(
        model,
        iterations=schedules,
        seed=seed,
        strategy=strategy,
        timeout=seconds,
        raise_on_failure=False,
    )
    failure = found.failure
    return failure is not None, found.schedules_run, "" if failure is None else failure.kind


if __name__ == "__main__":
    answer(explore)
