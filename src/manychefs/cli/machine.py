"""A command about the machine: doctor."""

from __future__ import annotations

import multiprocessing
import os
import platform
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from manychefs import __version__
from manychefs.cli.app import app, the_course
from manychefs.course import START_METHODS
from manychefs.errors import ChefsError
from manychefs.outputs import terminal
from manychefs.sandbox import choice
from manychefs.sandbox.confinement import FULL, LAYERS, LayerName
from manychefs.speedup.cores import usable_cores

PACKAGES = (
    "pytest", "pytest-timeout", "coverage", "jinja2", "msgspec", "psutil", "typer", "rich", "textual",
    "watchfiles",
)  # fmt: skip
_WALLED = "a submission sees itself and Python, and nothing else of this computer"
_PROMISES: dict[LayerName, str] = {
    "bwrap": _WALLED,
    "unshare": _WALLED,
    "landlock": "a submission reads and writes only its own files and cannot signal others; it sees their "
    "processes and shares /dev/shm with them",
    "none": "marks are protected from forging in-process; this computer is not protected from the "
    "submission, which may read solutions",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and what that means if it is not well."""

    name: str
    well: bool
    found: str
    advice: str = ""


@app.command()
def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Say what this machine can grade and what is missing."""
    findings = [
        _python(),
        _cores(),
        _start_methods(),
        _semaphores(),
        _books(),
        _packages(),
        _confinement(),
        _course(context),
    ]
    if as_json:
        print(msgspec.json.encode(findings).decode())
    else:
        console = terminal.console()
        for finding in findings:
            console.print(f"{'✓' if finding.well else '✗'} {finding.name:<14} {finding.found}")
            if finding.advice:
                console.print(f"  {'':<14} {finding.advice}")
    return 0 if all(finding.well for finding in findings) else 3


def _python() -> Finding:
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    found = f"{platform.python_version()} on {platform.system()}, manychefs {__version__}"
    return Finding("Python", True, found if gil else f"{found}, free-threaded (no GIL)")


def _cores() -> Finding:
    cores = usable_cores()
    found = f"{cores} usable of {os.cpu_count()} (CPU affinity and quota counted)"
    advice = "" if cores > 1 else "With one core no speedup can be shown: those checks are inconclusive here."
    return Finding("cores", cores > 1, found, advice)


def _start_methods() -> Finding:
    here = multiprocessing.get_all_start_methods()
    missing = [method for method in START_METHODS if method not in here]
    advice = (
        f"{', '.join(missing)} is not available: grade on Linux or macOS (on Windows: in WSL)."
        if missing
        else ""
    )
    return Finding("start methods", not missing, ", ".join(here), advice)


def _semaphores() -> Finding:
    try:
        multiprocessing.get_context("spawn").Lock()
    except OSError as error:
        return Finding("semaphores", False, f"cannot be made: {error}", "Mount /dev/shm with room in it.")
    return Finding("semaphores", True, "can be made")


def _books() -> Finding:
    if Path("/proc/self/schedstat").exists():
        return Finding("CPU books", True, "/proc/PID/schedstat: parallelism is seen even on a busy machine")
    return Finding("CPU books", False, "none", "Speedup is judged by the clock alone and never failed by it.")


def _packages() -> Finding:
    missing, found = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    advice = (
        f"Missing: {', '.join(missing)}. Remove .venv and run `python3 chefs.py doctor`." if missing else ""
    )
    return Finding("packages", not missing, ", ".join(found), advice)


def _confinement() -> Finding:
    """The layer that grading takes here, why not a stronger one, and what would make that work."""
    name = choice.choose()
    found = f"{name}: {_PROMISES[name]}"
    stronger = list(LAYERS[: LAYERS.index(name)])
    reasons = [f"Not {each}: {choice.trouble(each)}." for each in stronger]
    steps = [choice.advice(stronger[0])] if name not in FULL else []
    if name == "none":
        steps.append("Until then grade only code that you would run yourself.")
    return Finding("confinement", True, found, " ".join([*reasons, *steps]))


def _course(context: typer.Context) -> Finding:
    try:
        course = the_course(context)
    except ChefsError as error:
        return Finding("course", False, error.feedback.happened, error.feedback.next_step)
    return Finding("course", True, f"{len(course.exercises)} exercises in {course.root}")
