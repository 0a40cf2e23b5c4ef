"""Where in the student's file a check's trouble is, for outputs that can point at a line."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path, PurePath

from manychefs.report import Check, Deadlock, Interleaving, Report, StudentTraceback


def line_of(check: Check, file: str) -> int | None:
    """The line of `file` (its name alone) that a check's evidence points at; None if it names none."""
    evidence = check.evidence
    if isinstance(evidence, Interleaving):
        decisive = [step.line for step in evidence.steps if step.decisive and step.line]
        waiting = [each.line for each in evidence.waiting if each.line]
        return next(iter([*reversed(decisive), *waiting]), None)
    if isinstance(evidence, Deadlock):
        return next((process.line for process in evidence.processes if process.line), None)
    frames = evidence.frames if isinstance(evidence, StudentTraceback) else []
    told = check.feedback.evidence if check.feedback else []
    found = [re.search(rf"{re.escape(file)}:(\d+)\b", line) for line in chain(reversed(frames), told)]
    return next((int(match[1]) for match in found if match), None)


def relative(report: Report, root: Path) -> str:
    """The submission's path from the folder `root`, with forward slashes; as it is if it lies elsewhere."""
    path = Path(report.submission).absolute()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else PurePath(path).as_posix()
