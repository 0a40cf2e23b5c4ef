"""Takes in a submission: finds the student's file and copies it, and nothing else, for grading.

Only the one regular file that the exercise lists comes along: no conftest.py, no pytest.ini, no
link to somewhere else, no second module under a name that shadows the library's.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from manychefs.course import Exercise
from manychefs.errors import SubmissionError

LARGEST_FILE = 1 << 20  # bytes of source; the longest right answer has a few thousand


def find_submission(path: Path, exercise: Exercise) -> Path:
    """The student's file for `exercise`: `path` itself, or in it, or in its folder NN_slug.

    Raises:
        SubmissionError: if there is none.
    """
    if path.is_dir():
        candidates = [path / exercise.filename, path / exercise.name / exercise.filename]
        for candidate in candidates:
            if candidate.exists() or candidate.is_symlink():
                return candidate
        raise SubmissionError(
            f"{path} has no {exercise.filename}.",
            cause="The file is missing or has another name.",
            evidence=[f"looked for {candidate}" for candidate in candidates],
            next_step=f"Put the answer to {exercise.name} there under the name {exercise.filename}.",
        )
    if not path.exists() and not path.is_symlink():
        raise SubmissionError(
            f"There is no file {path}.",
            cause="The path is mistyped, or you are in another folder.",
            evidence=[f"current folder: {Path.cwd()}"],
            next_step="Give the path of the file, or of the folder that it is in.",
        )
    return path


def copy_submission(path: Path, exercise: Exercise, folder: Path) -> Path:
    """Copy the student's file into `folder` under the exercise's filename; returns the copy.

    Raises:
        SubmissionError: if it is missing, no regular file, too large or unreadable.
    """
    source = find_submission(path, exercise)
    try:
        # O_NONBLOCK: opening a named pipe must not wait for somebody to write into it.
        descriptor = os.open(
            source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        )
    except OSError as error:
        raise _refused(source, f"it cannot be opened ({error.strerror})") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _refused(source, "it is not a regular file")
        if status.st_size > LARGEST_FILE:
            raise _refused(source, f"it has {status.st_size:,} bytes; at most {LARGEST_FILE:,} are read")
        data = os.read(descriptor, LARGEST_FILE)
    finally:
        os.close(descriptor)
    copy = folder / exercise.filename
    copy.write_bytes(data)
    return copy


def _refused(source: Path, reason: str) -> SubmissionError:
    return SubmissionError(
        f"{source} cannot be graded: {reason}.",
        cause="A submission is one plain Python file; links, folders and devices are not followed.",
        evidence=[str(source)],
        next_step="Put the Python file itself there.",
    )
