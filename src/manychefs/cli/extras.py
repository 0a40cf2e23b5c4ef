"""The packages that only instructors need: whether they are there, and how they come."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from manychefs.cli.app import app
from manychefs.errors import ChefsError
from manychefs.outputs import terminal

INSTRUCTOR = {"nbgrader": "the gradebook and notebooks", "distributed": "grading on several machines"}
HOW = "python3 chefs.py setup --instructor"


def is_there(package: str) -> bool:
    """Whether a package of the instructor's set can be imported."""
    return find_spec(package) is not None


def require(package: str, for_what: str) -> None:
    """Refuse a command for which a package of the instructor's set is missing.

    Raises:
        ChefsError: if it is missing.
    """
    if not is_there(package):
        raise ChefsError(
            f"{package} is not installed, and {for_what} needs it.",
            cause="It belongs to the instructor's set, which is large and so not installed with the rest.",
            evidence=["requirements/instructor.txt pins it"],
            next_step=f"In the course's folder: {HOW}. Or install that file into this environment by hand.",
        )


@app.command()
def setup(
    instructor: Annotated[
        bool,
        typer.Option("--instructor", help="Also what only instructors need: nbgrader and Dask (330 MB)."),
    ] = False,
) -> int:
    """Install what is needed: python3 chefs.py does that before any command; this one does nothing else."""
    console = terminal.console()
    console.print("✓ what every command needs")
    for package, use in INSTRUCTOR.items():
        sign = "✓" if is_there(package) else "-"
        console.print(f"{sign} {package}: {use}" + ("" if is_there(package) else " (not installed)"))
    if instructor:
        for package, use in INSTRUCTOR.items():
            require(package, use)
    return 0
