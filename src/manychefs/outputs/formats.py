"""The forms that `chefs check --format` can give a list of reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from manychefs.outputs.classroom50 import classroom50
from manychefs.outputs.github import workflow_commands
from manychefs.outputs.gradescope import gradescope
from manychefs.outputs.junit import junit
from manychefs.report import Report


def as_json(reports: list[Report]) -> str:
    """A JSON array of the reports as they are."""
    return "[" + ",".join(report.to_json().decode() for report in reports) + "]\n"


FORMATS: dict[str, Callable[[list[Report]], str]] = {
    "json": as_json,
    "junit": junit,
    "github": lambda reports: workflow_commands(reports, Path.cwd()),
    "gradescope": gradescope,
    "classroom50": classroom50,
}
