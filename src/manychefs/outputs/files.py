"""Writes results to files so that an interruption or a full disk loses nothing that was there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from manychefs.errors import OutputError
from manychefs.report import ClassTable, Report


def prepare(folder: Path) -> None:
    """Make sure, before anything is graded, that results can be written to `folder`.

    Raises:
        OutputError: if they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-test-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from None


def write(path: Path, data: bytes, option: str = "--out DIR") -> None:
    """Write a file whole or not at all: beside it first, then renamed over it.

    Args:
        option: of the command line, by which another place can be named.

    Raises:
        OutputError: if it cannot be written; what stood there still does.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise _unwritable(path, error, option) from None


def write_report(folder: Path, report: Report) -> Path:
    """Write a report to folder/reports/STUDENT/EXERCISE.json; returns the path.

    Raises:
        OutputError: if it cannot be written.
    """
    path = folder / "reports" / report.student / f"{report.exercise}.json"
    write(path, report.to_json())
    return path


def fill_from_reports(folder: Path, rows: ClassTable) -> None:
    """Put earlier reports in `folder` where a class's table has nothing; unreadable ones stay away."""
    for student, entries in rows.items():
        for exercise, entry in entries.items():
            path = folder / "reports" / student / f"{exercise}.json"
            if entry is None and path.is_file():
                with contextlib.suppress(OSError, msgspec.MsgspecError):
                    entries[exercise] = Report.from_json(path.read_bytes())


def _unwritable(path: Path, error: OSError, option: str = "--out DIR") -> OutputError:
    return OutputError(
        f"{path} could not be written.",
        cause=error.strerror or type(error).__name__,
        evidence=["What was written before is still there."],
        next_step=f"Make room or make the folder writable, or name another: {option}.",
    )
