"""The engine against frontrun and interleave-test, on thread versions of programs of the collection.

    python against.py --install FOLDER [--python PYTHON]   (makes an environment for each of the two)
    python against.py --environments FOLDER [--seeds N] [--schedules N] [--only NAME…] [--json FILE]

Both schedule the threads of one process; neither schedules the processes of multiprocessing (frontrun's
process mode is for programs that share an SQL database or Redis). So they are compared on threads. Each
gets the same programs, as many schedules and as many seconds, and each of its strategies counts for
itself. The seconds are those of the tool's own call, without the interpreter's start and imports; of the
engine all that a user waits for, its host's start, replays and shrinking included.

`caught` counts seeds; a strategy without a seed (frontrun's dpor, interleave-test's dfs) is run for each
seed all the same. `none` counts runs that gave no verdict in their seconds. A tool whose environment is
not there, or cannot be used, is left out and named.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared import HERE, median, say_machine, shown, write

from manychefs.interleavings.search import SCHEDULES, Call, explore

THREADS = HERE / "threads"


@dataclass(frozen=True)
class Tool:
    """A tool, as it is installed, and the strategies that it is run with, its default first."""

    requirement: str
    adapter: str
    strategies: tuple[str, ...]
    command: str  # of its environment, which runs the adapter


TOOLS = {
    "frontrun": Tool(
        "frontrun==0.7.0", "frontrun_.py", ("dpor", "dpor-virtual", "random", "random-virtual"), "frontrun"
    ),
    "interleave-test": Tool(
        "interleave-test==0.1.0", "interleave_test_.py", ("random", "pct", "dfs"), "python"
    ),
}
"""interleave-test needs Python 3.12 or later."""


def python_of(environments: Path, tool: str) -> Path:
    """The interpreter of a tool's environment."""
    return environments / tool / "bin" / "python"


def command_of(environments: Path, tool: str) -> list[str]:
    """What runs an adapter: the environment's interpreter, or through the tool's own command."""
    python = python_of(environments, tool)
    own = TOOLS[tool].command
    return [str(python)] if own == "python" else [str(python.with_name(own)), str(python)]


def install(environments: Path, python: str) -> int:
    """Make an environment for each tool; 1 if one could not be made."""
    failed = 0
    for name, tool in TOOLS.items():
        make = [python, "-m", "venv", str(environments / name)]
        fill = [str(python_of(environments, name)), "-m", "pip", "install", "--quiet", tool.requirement]
        done = [subprocess.run(command, check=False).returncode for command in (make, fill)]
        print(f"{tool.requirement}: {'could not be installed' if any(done) else 'installed'}")
        failed |= any(done)
    return failed


def is_usable(environments: Path, name: str) -> bool:
    """Whether a tool can be imported there."""
    python = python_of(environments, name)
    command = [str(python), "-c", f"import {name.replace('-', '_')}"]
    return python.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def engine(program: Path, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """One program under the engine, its threads in one process."""
    found = explore(
        Call(HERE / "threaded.py", "program", (program.stem,)),
        holds=lambda value: value is True,
        schedules=options.schedules,
        seed=seed,
    )
    return {
        "caught": None if found.outcome == "inconclusive" else found.outcome == "failed",
        "schedules": found.schedules,
        "seconds": found.seconds,
        "exploring_seconds": found.exploring_seconds,
        "words": f"{found.finding or found.reason} ({found.exploring_seconds:.2f} s explored)",
    }


def other(name: str, strategy: str, program: Path, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """One program under one of the others."""
    command = [
        *command_of(options.environments, name),
        *(str(HERE / "adapters" / TOOLS[name].adapter), strategy, str(program)),
        *(str(options.schedules), str(options.seconds), str(seed)),
    ]
    none = {"caught": None, "schedules": None, "seconds": None}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=2 * options.seconds + 10
        )
    except subprocess.TimeoutExpired:
        return {**none, "words": "did not end in its seconds"}
    if done.returncode:
        return {**none, "words": done.stderr.strip().splitlines()[-1][:120] if done.stderr.strip() else "?"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(program: Path, options: argparse.Namespace, usable: list[str]) -> dict[str, Any]:
    """One program under every tool and strategy."""
    columns = {"engine": [engine(program, options, seed) for seed in range(options.seeds)]}
    for name in usable:
        for strategy in TOOLS[name].strategies:
            columns[f"{name} {strategy}"] = [
                other(name, strategy, program, options, seed) for seed in range(options.seeds)
            ]
    for column, runs in columns.items():
        print(as_row(program.stem, column, runs), flush=True)
    return {"name": program.stem, "runs": columns}


def as_row(program: str, column: str, runs: list[dict[str, Any]]) -> str:
    """One line of the table."""
    caught = [run for run in runs if run["caught"]]
    none = sum(run["caught"] is None for run in runs)
    seconds = [run["seconds"] for run in runs if run["seconds"] is not None]
    words = next((run["words"] for run in runs if run["words"]), "")
    return (
        f"{program:28} {column:24} {f'{len(caught)}/{len(runs)}':>7} {none:5} "
        f"{shown(median([run['schedules'] for run in caught]), 0):>9} "
        f"{shown(median(seconds), 2):>8}  {words[:60]}"
    )


def totals(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each column over all programs."""
    found = []
    for column in rows[0]["runs"] if rows else ():
        runs = [run for row in rows for run in row["runs"][column]]
        whole = sum(all(run["caught"] for run in row["runs"][column]) for row in rows)
        print(
            as_row(f"all {len(rows)}, in every seed {whole}", column, [{**run, "words": ""} for run in runs])
        )
        found.append(
            {"column": column, "runs": len(runs), "caught": sum(bool(run["caught"]) for run in runs)}
        )
    return found


def main() -> int:
    """The table."""
    options = read_options()
    if options.install is not None:
        return install(options.install, options.python)
    usable = [name for name in TOOLS if options.environments and is_usable(options.environments, name)]
    say_machine()
    for name in TOOLS.keys() - usable:
        print(f"{name} is not compared: there is no environment that it can be used in (see --install).")
    programs = [
        each for each in sorted(THREADS.glob("*.py")) if not options.only or each.stem in options.only
    ]
    print(f"{'program':28} {'tool':24} {'caught':>7} {'none':>5} {'schedules':>9} {'seconds':>8}")
    rows = [measure(program, options, usable) for program in programs]
    write(
        options.json,
        {"tools": [TOOLS[name].requirement for name in usable], "rows": rows, "totals": totals(rows)},
    )
    return 0


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--install", type=Path, metavar="FOLDER", help="make the environments there, and end")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the environments")
    parser.add_argument("--environments", type=Path, metavar="FOLDER")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--schedules", type=int, default=SCHEDULES)
    parser.add_argument("--seconds", type=float, default=20.0, help="that the others may take for a program")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these programs")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
