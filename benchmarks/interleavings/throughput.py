"""Schedules per second of the engine, against two floors: `python throughput.py`.

The program is two processes that add to a shared value without a lock: a read and a write are a step
each, at about 40, 400 and 4,000 steps. In each round every one of these is measured, one after the other,
each time starting with another, so that a busy moment of the machine does not meet always the same one. All
are pinned to one CPU:

bare     the least that any scheduler outside of the processes must pay if it decides at each step: fork
         three processes that have loaded nothing, hand over at each step by one byte each way, wait
library  the same with multiprocessing's own processes and shared value in them, as the program has them:
         the least that any scheduler of this program must pay (floor.py says exactly what both are)
plain    the program itself, forked from a warm process, with nobody scheduling and no hand-over
walk     the engine under a random walk whose mean turn is 1 point: it decides at nearly each step
search   the engine's own search, as `chefs explore` runs it, orders without preemption included: most of
         its strategies let a process go on for several points, which costs no hand-over

The start of the interpreters and imports are left out of all five. A ratio is of two rates of the same
round, shown as smallest/median/largest; the aim is 0.60 of the bare floor. Where plain itself is slower
than that, no engine can reach it.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from repetition import repeat
from shared import HERE, say_machine, shown, spread, write

from manychefs.interleavings.program import Program
from manychefs.interleavings.scheduler import Run
from manychefs.interleavings.search import Call, explore, pinned
from manychefs.interleavings.strategies import RandomWalk

SIZES = {40: 200, 400: 100, 4000: 30}
"""Steps of the program, with the schedules that are run of it in a round."""

STEPS_OF_AN_ADDITION = 2
PROCESSES = 2


def call(steps: int) -> Call:
    """The program with about so many steps."""
    return Call(HERE / "counting.py", "program", (steps // STEPS_OF_AN_ADDITION // PROCESSES,))


def floor(kind: str, steps: int, schedules: int, seed: int) -> float:
    """Schedules per second of a floor."""
    numbers = [str(each) for each in (steps, schedules, seed)]
    command = [sys.executable, "-I", str(HERE / "floor.py"), kind, *numbers]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return schedules / float(done.stdout)


def plain(steps: int, schedules: int, seed: int) -> float:  # noqa: ARG001
    """Runs per second of the program itself."""
    what = call(steps)
    found = repeat(what.path, what.args, runs=schedules)
    return found.runs / found.seconds


def walk(steps: int, schedules: int, seed: int) -> float:
    """Schedules per second of the engine under a random walk that decides at nearly each step."""
    with pinned(), Program(call(steps)) as program:
        started = time.perf_counter()
        for number in range(schedules):
            ended = Run(program, RandomWalk(random.Random(f"{seed}/{number}"), 1.0)).go()
            program.sweep()
            if ended.how != "value":
                raise SystemExit(f"throughput: a schedule ended so: {ended.how}")
        return schedules / (time.perf_counter() - started)


def search(steps: int, schedules: int, seed: int) -> float:
    """Schedules per second of the engine's search."""
    found = explore(call(steps), holds=lambda _: True, schedules=schedules, seed=seed)
    if found.outcome != "passed":
        raise SystemExit(f"throughput: the search ended so: {found.outcome} {found.reason}")
    return found.schedules / found.exploring_seconds


MEASURED: dict[str, Callable[[int, int, int], float]] = {
    "bare": partial(floor, "bare"),
    "library": partial(floor, "library"),
    "plain": plain,
    "walk": walk,
    "search": search,
}

RATIOS = [
    ("plain", "bare"),
    ("walk", "bare"),
    ("search", "bare"),
    ("walk", "library"),
    ("search", "library"),
]
"""What is set against what."""


def one_round(steps: int, schedules: int, number: int) -> dict[str, float]:
    """All of them once, another one first in each round."""
    names = list(MEASURED)
    start = number % len(names)
    return {name: MEASURED[name](steps, schedules, number) for name in names[start:] + names[:start]}


def measure(steps: int, schedules: int, rounds: int) -> dict[str, object]:
    """One row of the tables, after a round that is not counted."""
    one_round(steps, max(2, schedules // 10), 0)
    found = [one_round(steps, schedules, number) for number in range(rounds)]
    rates = {name: spread([each[name] for each in found]) for name in MEASURED}
    ratios = {f"{name}/{base}": spread([each[name] / each[base] for each in found]) for name, base in RATIOS}
    print(f"{steps:6,} ", *(f"{shown(rates[name]['median']):>9}" for name in MEASURED), end=" ")
    print(*(f"{'/'.join(shown(value, 2) for value in each.values()):>15}" for each in ratios.values()))
    return {"steps": steps, "schedules": schedules, "rates": rates, "ratios": ratios, "rounds": found}


def main() -> None:
    """The table: medians of the rates over the rounds, and the ratios."""
    options = read_options()
    os.sched_setaffinity(0, {options.cpu if options.cpu is not None else max(os.sched_getaffinity(0))})
    say_machine()
    print(" steps ", *(f"{name + '/s':>9}" for name in MEASURED), end=" ")
    print(*(f"{f'{name}/{base}':>15}" for name, base in RATIOS))
    rows = [
        measure(steps, max(2, round(SIZES[steps] * options.scale)), options.rounds) for steps in options.steps
    ]
    write(options.json, {"rows": rows})


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--scale", type=float, default=1.0, help="times as many schedules a round")
    parser.add_argument("--cpu", type=int, help="the CPU that all are pinned to; otherwise the last one")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
