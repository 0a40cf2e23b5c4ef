"""The files that formgrader and `nbgrader export` want beside the gradebook, so that they show every check.

DIR/nbgrader_config.py                          how export lists the checks; yours to change
DIR/source/EXERCISE/                            an assignment is listed if this is there
DIR/submitted/STUDENT/EXERCISE/timestamp.txt    a submission; when it was handed in, as the gradebook has it
DIR/autograded/STUDENT/EXERCISE/EXERCISE.ipynb  what formgrader shows of it: the code, and a cell a check
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from manychefs import files
from manychefs.outputs import notebook
from manychefs.report import Entry, Report

CONFIG = """\
# Written by `chefs grade`, once: change it as you like. Run `nbgrader export` and formgrader in this folder.
import os
import sys

c = get_config()  # noqa: F821

# nbgrader calls `alembic`, which lies beside its Python, and maybe not on PATH.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
c.ExportApp.plugin_class = "manychefs.outputs.checks_export.ChecksExport"  # a row a check, quoted
c.ExportPlugin.to = "nbgrader.csv"  # grades.csv, nbgrader's own choice, is what `chefs grade` has written
"""


def write_course(folder: Path, exercises: list[str]) -> None:
    """Write what formgrader wants of the whole class.

    Args:
        exercises: the full names of those that somebody has handed in.

    Raises:
        OutputError: if it cannot be written.
    """
    config = folder / "nbgrader_config.py"
    if not config.exists():
        files.write(config, CONFIG.encode())
    for name in exercises:
        files.prepare(folder / "source" / name)


def write_submission(
    folder: Path,
    student: str,
    exercise: str,
    entry: Entry,
    handed_in: datetime | None = None,
    source: str = "",
) -> None:
    """Write what formgrader wants of one submission; nothing if there is none, or it is there already.

    Args:
        exercise: its full name. source: what was handed in.

    Raises:
        OutputError: if it cannot be written.
    """
    if entry is None:
        return
    page = (
        notebook.graded(entry, source)
        if isinstance(entry, Report)
        else notebook.refused(exercise, entry.reason)
    )
    when = b"" if handed_in is None else f"{handed_in.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode()
    submitted = folder / "submitted" / student / exercise
    if when:
        _write(submitted / "timestamp.txt", when)
    elif not submitted.is_dir():
        files.prepare(submitted)
    _write(folder / "autograded" / student / exercise / f"{exercise}.ipynb", page)


def _write(path: Path, data: bytes) -> None:
    """Write a file unless it holds that already: of a class of a thousand, few change from day to day.

    Not forced onto the disk as results are: it can be made again from them, and there are many.
    """
    if path.is_file() and path.read_bytes() == data:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(data)
        draft.replace(path)
    except OSError:
        files.write(path, data)  # and says why it cannot be written
