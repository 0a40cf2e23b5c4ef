"""What the benchmarks of this folder share: the machine in a line, rows of a table, a file of JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def machine() -> dict[str, Any]:
    """What the figures were measured on; `load` is the mean number of runnable processes just now."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }


def say_machine() -> None:
    """The same as a line, with a warning if others are at work: then no figure means much."""
    here = machine()
    print(f"Python {here['python']}, {here['system']}, {here['cpus']} CPUs, load {here['load']}")
    if here["load"] > 0.5:
        print("The machine is busy: these figures are no measurement.")


def spread(values: Sequence[float]) -> dict[str, float]:
    """Smallest, median and largest of some values."""
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def median(values: Sequence[float]) -> float | None:
    """The median, None of nothing."""
    return statistics.median(values) if values else None


def shown(value: float | None, digits: int = 1) -> str:
    """A number in a table; a dash if there is none."""
    return "-" if value is None else f"{value:,.{digits}f}"


def write(path: Path | None, found: dict[str, Any]) -> None:
    """Keep what was found as JSON, if a path was given."""
    if path is not None:
        path.write_text(json.dumps({"machine": machine(), **found}, indent=1) + "\n", "utf-8")
        print(f"written: {path}", file=sys.stderr)
