"""What the engine finds in the collection of small programs, and what plain repetition finds.

    python collection.py [--seeds N] [--schedules N] [--only NAME…] [--json FILE]

For each wrong program and each seed: the schedules and the seconds up to the first failing one, and
what the same wall-clock seconds of plain repetition give (repetition.py: the real program, in a child
forked by a warm process for each run). The engine's seconds are all that a user waits for: its host's
start and import, the search, replaying and shrinking. The first run of a repetition may always end.

For each right program: whether anything is flagged in `--schedules` schedules of each seed.

`explored` is the time from the first schedule's start to the first failing one's end, when the finding is
known with its processes, objects and lines. It is what the aim for deadlocks is about: under 100 ms at
the median.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from repetition import repeat
from shared import HERE, median, say_machine, shown, write

from manychefs.interleavings.search import SCHEDULES, Call, Exploration, HostGone, NotImported, explore

NOT_RUN = "not run"
LOADER = HERE.parents[1] / "tests" / "interleavings" / "collection.py"
COLUMNS = (
    f"{'program':34} {'finding':12} {'caught':>7} {'named':>7} {'schedules':>13} "
    f"{'explored ms':>11} {'seconds':>7} | {'repeated':>8} {'runs':>6}"
)


def loader() -> ModuleType:
    """The collection's own loader, which lies with the tests."""
    spec = importlib.util.spec_from_file_location("interleavings_collection", LOADER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


collection = loader()


def one(program: Any, seed: int, schedules: int) -> dict[str, Any]:
    """One program under one seed."""
    try:
        found = explore(
            Call(program.path, "program"),
            holds=lambda value: collection.as_data(value) in program.expected,
            schedules=schedules,
            seed=seed,
        )
    except (HostGone, NotImported) as error:  # such as without NumPy
        found = Exploration(reason=f"not run, for it cannot be imported here: {error}")
    return {
        "seed": seed,
        "outcome": found.outcome if found.schedules else NOT_RUN,
        "finding": found.finding,
        "reason": found.reason,
        "schedules": found.schedules,
        "exhaustive": found.exhaustive,
        "seconds": found.seconds,
        "exploring_seconds": found.exploring_seconds,
        "allowed": [*map(str, program.expected)],
        "results": found.results.most_common(3),
    }


def repeated(program: Any, seconds: float, time_out: float) -> dict[str, Any]:
    """The same seconds of plain repetition."""
    found = repeat(program.path, (), program.expected, seconds=seconds, time_out=time_out)
    return {"caught": found.caught, "runs": found.runs, "seconds": found.seconds}


def wrong(program: Any, options: argparse.Namespace) -> dict[str, Any]:
    """A wrong program under every seed, and as often repeated."""
    runs = []
    for seed in range(options.seeds):
        row = one(program, seed, options.schedules)
        if not options.engine_only and row["outcome"] != NOT_RUN:
            row["repetition"] = repeated(program, row["seconds"], options.time_out)
        runs.append(row)
    found = {"name": program.name, "finding": program.finding, "latent": program.latent, "runs": runs}
    print(as_row(found), flush=True)
    for reason in {run["reason"] for run in runs if run["outcome"] in ("inconclusive", NOT_RUN)}:
        print(f"    {reason}")
    return found


def as_row(found: dict[str, Any]) -> str:
    """A wrong program's line of the table."""
    runs, finding = found["runs"], found["finding"]
    caught = [run for run in runs if run["outcome"] == "failed"]
    named = sum(run["finding"] == finding for run in caught)
    schedules = [run["schedules"] for run in caught]
    span = f"{shown(median(schedules), 0)} (≤{max(schedules, default=0)})"
    explored = median([1000 * run["exploring_seconds"] for run in caught])
    times = [run["repetition"] for run in runs if "repetition" in run]
    return (
        f"{found['name']:34} {finding:12} {share(caught, runs):>7} {named:>7} {span:>13} "
        f"{shown(explored):>11} "
        f"{shown(median([run['seconds'] for run in runs]), 2):>7} | "
        f"{share([each for each in times if each['caught']], times):>8} "
        f"{shown(median([each['runs'] for each in times]), 0):>6}"
    )


def share(some: list[Any], all_: list[Any]) -> str:
    """`3/5`."""
    return f"{len(some)}/{len(all_)}"


def right(program: Any, options: argparse.Namespace) -> dict[str, Any]:
    """A right program under every seed; a line only if something is not as it must be."""
    runs = [one(program, seed, options.schedules) for seed in range(options.seeds)]
    for run in runs:
        if run["outcome"] != "passed":
            why = run["reason"] or f"{run['finding']}: {run['results']}"
            print(f"{program.name:34} seed {run['seed']} {run['outcome'].upper()}: {why}", flush=True)
    return {"name": program.name, "runs": runs}


def totals(wrongs: list[dict[str, Any]], rights: list[dict[str, Any]]) -> dict[str, Any]:
    """All of it in a few numbers."""
    wrongs, rights = [[each for each in side if was_run(each)] for side in (wrongs, rights)]
    runs = [run for each in wrongs for run in each["runs"]]
    caught = [run for run in runs if run["outcome"] == "failed"]
    repetitions = [run["repetition"] for run in runs if "repetition" in run]
    passes = [run for each in rights for run in each["runs"]]
    deadlocks = [run for run in caught if run["finding"] == "deadlock"]
    return {
        "wrong programs": len(wrongs),
        "caught under every seed": sum(in_every_seed(each) for each in wrongs),
        "caught, of programs × seeds": share(caught, runs),
        "named as in the header": share([*named_right(wrongs)], runs),
        "median schedules to the first failure": median([run["schedules"] for run in caught]),
        "most schedules to the first failure": max((run["schedules"] for run in caught), default=None),
        "median seconds, all in": median([run["seconds"] for run in caught]),
        "median ms explored": median([1000 * run["exploring_seconds"] for run in caught]),
        "median ms explored, deadlocks": median([1000 * run["exploring_seconds"] for run in deadlocks]),
        "by repetition in the same seconds": share([r for r in repetitions if r["caught"]], repetitions),
        "programs caught by repetition under every seed": sum(
            repeated_in_every_seed(each) for each in wrongs
        ),
        "right programs": len(rights),
        "flagged, of right programs × seeds": share([r for r in passes if r["outcome"] == "failed"], passes),
        "inconclusive, of right programs × seeds": share(
            [run for run in passes if run["outcome"] == "inconclusive"], passes
        ),
        "schedules of right programs": sum(run["schedules"] for run in passes),
    }


def was_run(found: dict[str, Any]) -> bool:
    """Whether a program could be run at all, which one that needs NumPy cannot everywhere."""
    return all(run["outcome"] != NOT_RUN for run in found["runs"])


def in_every_seed(found: dict[str, Any]) -> bool:
    """Whether the engine caught it each time."""
    return all(run["outcome"] == "failed" for run in found["runs"])


def repeated_in_every_seed(found: dict[str, Any]) -> bool:
    """Whether repetition caught it each time."""
    return all(run.get("repetition", {}).get("caught") for run in found["runs"])


def named_right(wrongs: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The runs whose finding is the one that the program's header says."""
    return (run for each in wrongs for run in each["runs"] if run["finding"] == each["finding"])


def main() -> int:
    """The tables; 1 if a wrong program was missed or a right one flagged."""
    options = read_options()
    chosen = [each for each in collection.load() if not options.only or each.name in options.only]
    say_machine()
    print(COLUMNS)
    wrongs = [wrong(each, options) for each in chosen if not each.right and options.side != "right"]
    rights = [right(each, options) for each in chosen if each.right and options.side != "wrong"]
    summary = totals(wrongs, rights)
    for what, value in summary.items():
        print(f"{what:48} {shown(value) if isinstance(value, float) else '-' if value is None else value}")
    write(options.json, {"options": plain(options), "totals": summary, "wrong": wrongs, "right": rights})
    is_flagged = any(run["outcome"] == "failed" for each in rights for run in each["runs"])
    return int(is_flagged or not all(in_every_seed(each) for each in wrongs if was_run(each)))


def plain(options: argparse.Namespace) -> dict[str, Any]:
    """The options, for the file."""
    return {name: value for name, value in vars(options).items() if name != "json"}


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--schedules", type=int, default=SCHEDULES)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these programs")
    parser.add_argument("--side", choices=("wrong", "right"), help="only the wrong, or only the right ones")
    parser.add_argument("--engine-only", action="store_true", help="without the repetition")
    parser.add_argument("--time-out", type=float, default=2.0, help="seconds of one run of a repetition")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
