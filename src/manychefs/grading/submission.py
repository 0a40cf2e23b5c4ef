"""Takes in a submission: finds the student's file and copies it, and nothing else, for grading.

    the folder or file that somebody named ──► Source: where the student's file lies ──► one file, copied
                                                        (or the archive that it is in)

A notebook is read as data, and of it the code that it would write to that file (manychefs.grading.notebook).

Only the one regular file that the exercise lists comes along: no conftest.py, no pytest.ini, no
link to somewhere else, no second module under a name that shadows the library's. Whoever handed it in may
have made every folder on the way to it, too: below the folder that was named, no link is followed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from manychefs.course import Exercise
from manychefs.errors import NotHandedIn, SubmissionError
from manychefs.grading import archive
from manychefs.grading.archive import BadArchive, Member
from manychefs.grading.notebook import (
    LARGEST_NOTEBOOK,
    BadNotebook,
    answer_in,
    is_notebook,
    notebook_names,
)
from manychefs.report import clean

LARGEST_FILE = 1 << 20  # bytes of source; the longest right answer has a few thousand
SHOWN_NAMES = 8
MOST_LISTED = 16  # archives whose list of members is remembered; one may have thousands

_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where one student's file for one exercise lies.

    path: the file, or the archive that it is in. below: the folder that the instructor named; no link is
    followed under it. member: the file's name in the archive, if it is in one. data: the file's bytes,
    once they have been read; then nothing is read again.
    """

    path: Path
    below: Path
    member: str = ""
    data: bytes | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.path}: {self.member}" if self.member else str(self.path)


def find_submission(path: Path, exercise: Exercise, below: Path | None = None) -> Source:
    """Where the file for `exercise` is: `path` itself, or in it, or in its folder NN_slug, or in an archive.

    Args:
        path: a file, a student's folder, or an archive.
        below: the folder above `path` that can be trusted (default: `path`, or the folder that it is in).

    Raises:
        NotHandedIn: if there is none.
        SubmissionError: if an archive cannot be read, or leaves it open which file is meant.
    """
    if path.is_dir():
        return _in_folder(path, exercise, below or path)
    if not path.exists() and not path.is_symlink():
        raise NotHandedIn(
            f"There is no file {path}.",
            cause="The path is mistyped, or you are in another folder.",
            evidence=[f"current folder: {Path.cwd()}"],
            next_step="Give the path of the file, or of the folder that it is in.",
        )
    source = Source(path, below or path.parent)
    return _in_archive(source, exercise) if archive.is_archive(path) else source


def _in_folder(path: Path, exercise: Exercise, below: Path) -> Source:
    names = (exercise.filename, *notebook_names(exercise))
    candidates = [folder / name for name in names for folder in (path, path / exercise.name)]
    for candidate in candidates:
        if candidate.exists() or candidate.is_symlink():
            return Source(candidate, below)
    archives = archives_in(path)
    found = []
    for each in archives:
        with contextlib.suppress(NotHandedIn):
            found.append(_in_archive(Source(each, below), exercise))
    if len(found) > 1:
        raise _ambiguous(str(path), exercise, [str(each) for each in found])
    if found:
        return found[0]
    raise NotHandedIn(
        f"{path} has no {exercise.filename}.",
        cause="The file is missing or has another name.",
        evidence=[f"looked for {candidate}" for candidate in candidates[:2]]
        + [f"looked in {clean(str(each))}" for each in archives],
        next_step=f"Put the answer to {exercise.name} there under the name {exercise.filename}.",
    )


def archives_in(folder: Path) -> list[Path]:
    """The archives that lie in a folder, sorted by name."""
    return sorted(
        each for each in folder.iterdir() if archive.is_archive(each) and not each.name.startswith(".")
    )


# -- archives ---------------------------------------------------------------------------------


def archive_members(source: Source) -> list[Member]:
    """What an archive holds that may count: no hidden files and no system's own folders.

    Raises:
        SubmissionError: if the archive cannot be read.
    """
    with _opened(source, archive.LARGEST_ARCHIVE) as file:
        status = os.fstat(file.fileno())
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in _listed:
            try:
                members = [member for member, _ in archive.read(file, LARGEST_FILE)]
            except BadArchive as error:
                raise _bad_archive(source.path, str(error)) from None
            if len(_listed) >= MOST_LISTED:
                _listed.clear()
            _listed[key] = [each for each in members if not any(map(_is_hidden, each.parts))]
    return _listed[key]


_listed: dict[tuple[int, ...], list[Member]] = {}
"""What an archive holds, by what tells it from others: each exercise asks, and reading takes a while."""


def _is_hidden(part: str) -> bool:
    return part.startswith((".", "__"))


def _in_archive(source: Source, exercise: Exercise) -> Source:
    """The member of an archive that is the answer to `exercise`."""
    members = archive_members(source)
    named: list[Member] = []
    for name in (exercise.filename, *notebook_names(exercise)):
        named = named or [each for each in members if each.name.replace("\\", "/").split("/")[-1] == name]
    for each in named:
        if not each.parts:
            raise _bad_archive(source.path, f"its member {clean(each.name, 200)!r} {each.trouble}")
    best = min((_distance(each, exercise) for each in named), default=None)
    chosen = [each for each in named if _distance(each, exercise) == best]
    if len(chosen) > 1:
        raise _ambiguous(str(source.path), exercise, [each.name for each in chosen])
    if chosen:
        return Source(source.path, source.below, chosen[0].name)
    raise NotHandedIn(
        f"{source.path} has no {exercise.filename}.",
        cause="The file is missing, has another name, or is in an archive within the archive.",
        evidence=[f"in it: {clean(each.name, 200)}" for each in members[:SHOWN_NAMES]],
        next_step=f"Put the answer to {exercise.name} into it under the name {exercise.filename}.",
    )


def _distance(member: Member, exercise: Exercise) -> tuple[int, int]:
    """How far a member is from where the answer belongs: at the top, in its NN_slug, or anywhere."""
    in_its_folder = member.parts[-2:-1] == (exercise.name,)
    return (0 if len(member.parts) == 1 or in_its_folder else 1, len(member.parts))


def _from_archive(source: Source, file: BinaryIO) -> bytes:
    def is_meant(member: Member) -> bool:
        return member.name == source.member

    try:
        found = [each for each in archive.read(file, LARGEST_FILE, is_meant) if is_meant(each[0])]
    except BadArchive as error:
        raise _bad_archive(source.path, str(error)) from None
    if len(found) != 1:
        raise _bad_archive(source.path, "it has changed while it was read")
    member, data = found[0]
    if member.trouble:
        raise _bad_archive(source.path, f"its member {clean(member.name, 200)!r} {member.trouble}")
    return data


# -- copying ----------------------------------------------------------------------------------


def copy_submission(given: Path | Source, exercise: Exercise, folder: Path) -> Path:
    """Copy the student's file into `folder` under the exercise's filename; returns the copy.

    Raises:
        SubmissionError: if it is missing, no regular file, too large or unreadable.
    """
    data = read_submission(given, exercise).data
    copy = folder / exercise.filename
    with copy.open("xb") as file:
        file.write(data or b"")
    return copy


def read_submission(given: Path | Source, exercise: Exercise) -> Source:
    """Where the student's file is, with its bytes.

    Raises:
        SubmissionError: if it is missing, no regular file, too large or unreadable.
    """
    source = find_submission(given, exercise) if isinstance(given, Path) else given
    if source.data is not None:
        return source
    if _is_open(source, exercise):
        source = find_submission(source.path, exercise, source.below)  # and says why it cannot be found
    if source.member:
        with _opened(source, archive.LARGEST_ARCHIVE) as file:
            data = _from_archive(source, file)
    else:
        largest = LARGEST_NOTEBOOK if is_notebook(source.path.name) else LARGEST_FILE
        with _opened(source, largest) as file:
            data = file.read(largest + 1)
        if len(data) > largest:
            raise _refused(source.path, f"it has grown beyond {largest:,} bytes while it was read")
    if is_notebook(source.member or source.path.name):
        data = _from_notebook(source, data, exercise)
    return replace(source, data=data)


def _from_notebook(source: Source, data: bytes, exercise: Exercise) -> bytes:
    cause = f"The answer is the cell that begins with `%%writefile {exercise.filename}`."
    next_step = (
        "Put that line back at the top of the cell with the answer, save the notebook, hand it in again."
    )
    try:
        answer = answer_in(data, exercise.filename)
    except BadNotebook as error:
        raise _refused(source.path, str(error), cause, next_step) from None
    if len(answer) > LARGEST_FILE:
        raise _refused(source.path, f"its code has more than {LARGEST_FILE:,} bytes", cause, next_step)
    return answer


def _is_open(source: Source, exercise: Exercise) -> bool:
    """Whether it is still to be found which file is meant: in a folder, or in an archive."""
    is_folder = source.path.is_dir() and source.path.name != exercise.filename
    return is_folder or (not source.member and archive.is_archive(source.path))


@contextlib.contextmanager
def _opened(source: Source, largest: int) -> Iterator[BinaryIO]:
    """The file of a source, opened without following a link below the folder that can be trusted.

    Raises:
        SubmissionError: if it is no regular file with one name, or larger than `largest` bytes.
    """
    descriptor = _open_below(source.below, source.path)
    try:
        _refuse_unfit(source.path, os.fstat(descriptor), largest)
        with open(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def _refuse_unfit(path: Path, status: os.stat_result, largest: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _refused(path, f"it is {_kind(status)}, not a regular file")
    if status.st_nlink > 1:
        raise _refused(
            path,
            f"it has {status.st_nlink} names (hard links)",
            cause="A second name may be that of a file elsewhere, and bring along what is in it.",
            next_step="Put a copy of the file there: `cp` it to another name, and rename that.",
        )
    if status.st_size > largest:
        raise _refused(path, f"it has {status.st_size:,} bytes; at most {largest:,} are read")


def _open_below(below: Path, path: Path) -> int:
    """Open `path` step by step from `below`, so that no folder on the way can lead elsewhere."""
    parts = path.relative_to(below).parts if path.is_relative_to(below) else (path.name,)
    start = below if path.is_relative_to(below) else path.parent
    if os.open not in os.supports_dir_fd:  # Windows
        return _open_last(path, None, path)
    folder = _open_folder(start, None, path)
    for part in parts[:-1]:
        inner = _open_folder(Path(part), folder, path)
        folder = inner
    try:
        return _open_last(Path(parts[-1]) if parts else Path(), folder, path)
    finally:
        os.close(folder)


def _open_folder(part: Path, folder: int | None, path: Path) -> int:
    """Open a folder; `folder`, in which it is, is closed. Only the first one may be a link."""
    follow = 0 if folder is None else os.O_NOFOLLOW
    try:
        if part.name == "..":
            raise OSError(errno.EPERM, "it climbs out of its folder")
        return os.open(part, os.O_RDONLY | os.O_DIRECTORY | follow, dir_fd=folder)
    except OSError as error:
        reason = (
            error.strerror if error.errno not in (errno.ELOOP, errno.ENOTDIR) else "is a link or no folder"
        )
        raise _refused(path, f"the folder {clean(str(part))!r} on the way to it: {reason}") from None
    finally:
        if folder is not None:
            os.close(folder)


def _open_last(name: Path, folder: int | None, path: Path) -> int:
    # O_NONBLOCK: opening a named pipe must not wait for somebody to write into it.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        reason = f"it cannot be opened ({error.strerror})"
        with contextlib.suppress(OSError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISREG(status.st_mode):
                reason = f"it is {_kind(status)}, not a regular file"
        raise _refused(path, reason) from None


def _kind(status: os.stat_result) -> str:
    return _KINDS.get(stat.S_IFMT(status.st_mode), "something else")


# -- words ------------------------------------------------------------------------------------


def _refused(
    path: Path,
    reason: str,
    cause: str = "A submission is one plain Python file; links, folders and devices are not followed.",
    next_step: str = "Put the Python file itself there.",
) -> SubmissionError:
    return SubmissionError(
        f"{path} cannot be graded: {reason}.", cause=cause, evidence=[str(path)], next_step=next_step
    )


def _bad_archive(path: Path, reason: str) -> SubmissionError:
    return SubmissionError(
        f"{path} cannot be graded: {reason}.",
        cause="Of an archive, plain files are read that stay within it and within bounds; nothing else is.",
        evidence=[str(path)],
        next_step="Make the archive anew from the Python files alone, or hand in the files themselves.",
    )


def _ambiguous(where: str, exercise: Exercise, names: list[str]) -> SubmissionError:
    return SubmissionError(
        f"{where} has {exercise.filename} more than once.",
        cause="It is open which of them is the answer.",
        evidence=[clean(name, 200) for name in names[:SHOWN_NAMES]],
        next_step="Leave only one of them there.",
    )
