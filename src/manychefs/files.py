"""Writes results to files so that an interruption or a full disk loses nothing that was there."""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import psutil

from manychefs.errors import OutputError
from manychefs.report import Report


def prepare(folder: Path) -> None:
    """Make sure, before anything is graded, that results can be written to `folder`.

    Raises:
        OutputError: if they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = _draft(folder / "write-test")
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise unwritable(folder, error) from None


def write(path: Path, data: bytes, option: str = "--out DIR") -> None:
    """Write a file whole or not at all: beside it first, then renamed over it.

    Args:
        option: of the command line, by which another place can be named.

    Raises:
        OutputError: if it cannot be written; what stood there still does.
    """
    write_parts(path, [data], option)


def write_parts(path: Path, parts: Iterable[bytes], option: str = "--out DIR") -> None:
    """Write a file as `write` does, part by part: it need not be in memory as a whole.

    Raises:
        OutputError: if it cannot be written; what stood there still does.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(path)
        try:
            with draft.open("wb") as file:
                file.writelines(parts)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
    except OSError as error:
        raise unwritable(path, error, option) from None


def _draft(path: Path) -> Path:
    """Where this process writes a file before it is renamed to `path`; what killed ones left there goes."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        process = left.name.removeprefix(f".{path.name}.")
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            with contextlib.suppress(OSError):
                left.unlink()
    return path.with_name(f".{path.name}.{os.getpid()}")


def write_report(folder: Path, report: Report) -> Path:
    """Write a report to folder/reports/STUDENT/EXERCISE.json; returns the path.

    Raises:
        OutputError: if it cannot be written.
    """
    path = report_path(folder, report.student, report.exercise)
    write(path, report.to_json())
    return path


def report_path(folder: Path, student: str, exercise: str) -> Path:
    """Where the report of a student on an exercise lies in a grading's folder."""
    return folder / "reports" / student / f"{exercise}.json"


def read_report(folder: Path, student: str, exercise: str) -> Report | None:
    """The report that `write_report` wrote; None if there is none that can be read."""
    try:
        return Report.from_json(report_path(folder, student, exercise).read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None


def unwritable(path: Path, error: OSError, option: str = "--out DIR") -> OutputError:
    """What to tell where a result cannot be written."""
    return OutputError(
        f"{path} could not be written.",
        cause=error.strerror or type(error).__name__,
        evidence=["What was written before is still there."],
        next_step=f"Make room or make the folder writable, or name another: {option}.",
    )
