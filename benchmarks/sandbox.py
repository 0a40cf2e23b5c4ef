"""What confinement costs: starting a host, and one call, under each layer against none.

    python benchmarks/sandbox.py [--rounds N]

Layers take turns in each round, so that whatever else the machine does meets them alike. A call is a whole
one: fork, a function that returns at once, the look at what it left, the end. A start is a new host with its
first call. Medians, in milliseconds; `more` is the median over rounds of (layer - none) in that round.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from manychefs.course import Limits
from manychefs.sandbox import choice
from manychefs.sandbox.confinement import LAYERS, LayerName
from manychefs.sandbox.host import Host

DISH = "def nothing():\n    return 1\n"
CALLS = 5  # a round
GOAL = 25.0  # milliseconds more a call, idle


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds: int = parser.parse_args().rounds
    layers = [name for name in LAYERS if not choice.trouble(name)]
    for name in LAYERS:
        if name not in layers:
            print(f"{name} is not here: {choice.trouble(name)}")
    with tempfile.TemporaryDirectory() as folder:
        submission = Path(folder, "dish.py")
        submission.write_text(DISH, "utf-8")
        starts, calls = measured(submission, layers, rounds)
    print(f"{rounds} rounds of a start and {CALLS} calls, medians in ms")
    print(f"{'layer':<10}{'start':>8}{'more':>8}{'call':>8}{'more':>8}")
    for name in layers:
        print(
            f"{name:<10}{statistics.median(starts[name]):8.1f}{more(starts, name):+8.1f}"
            f"{statistics.median(calls[name]):8.1f}{more(calls, name):+8.1f}"
        )
    worst = max(more(calls, name) for name in layers)
    print(f"at most {worst:.1f} ms more a call; the goal is {GOAL:.0f}")


def measured(
    submission: Path, layers: list[LayerName], rounds: int
) -> tuple[dict[LayerName, list[float]], dict[LayerName, list[float]]]:
    """For each layer the starts and the calls, a number a round."""
    starts: dict[LayerName, list[float]] = {name: [] for name in layers}
    calls: dict[LayerName, list[float]] = {name: [] for name in layers}
    for turn in range(rounds):
        for name in layers[turn % len(layers) :] + layers[: turn % len(layers)]:
            host = Host(submission, "fork", Limits(), choice.layer(name))
            starts[name].append(timed(host))
            calls[name].append(statistics.median(timed(host) for _ in range(CALLS)))
            host.close()
    return starts, calls


def timed(host: Host) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    outcome = host.call("nothing")
    assert outcome.value == 1, outcome
    return (time.perf_counter() - started) * 1e3


def more(of: dict[LayerName, list[float]], name: LayerName) -> float:
    """How much more a layer takes than none."""
    pairs = zip(of[name], of["none"], strict=True)
    return statistics.median(mine - plain for mine, plain in pairs)


if __name__ == "__main__":
    main()
