"""What a walled sandbox has in its file system: the system's programs, this Python, and little else.

    /usr and its kin, Python's folders, our own package    read only
    /sub/NAME.py                                           the submission, read only
    /shared                                                the grader's folder to meet in, read only
    /tmp (with the working folder in it), /dev/shm, /run   tmpfs, of bounded size

No home, no /etc, no course, no other submission: what is not listed is not there.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import manychefs
from manychefs.course import Limits

SUBMISSION_FOLDER = "/sub"
WORK = "/tmp/work"
RUN = "/run"
SHARED = "/shared"
ROOM = 1.25  # of the limit: the watchdog shall see it crossed before the file system is full
RUN_MB = 4  # stacks and notes; a program of 64 processes writes some 300 KB at its deadline
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/etc/ld.so.cache")
PACKAGE = Path(manychefs.__file__).parent
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
STAGES = ("/media", "/srv", "/opt", "/mnt")
"""Folders that every system has: over one of them root mounts what another user could not reach."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One entry of the new file system: kind `bind`, `link` or `tmpfs`; its source, target or bytes."""

    kind: str
    source: str
    place: str


def python() -> str:
    """The interpreter by a path with no link in it but the last, which makes it a virtual environment's."""
    given = Path(sys.executable)
    return str(given.parent.resolve() / given.name)


def folders() -> list[Path]:
    """Where this interpreter and our own package are, but for what /usr has anyway."""
    named = [Path(sys.prefix), Path(sys.base_prefix), PACKAGE]
    # Under both names, where a link is on the way: each may stand in a file that Python reads.
    found = {Path(os.path.abspath(each)) for each in named} | {each.resolve() for each in named}
    kept = [each for each in found if not each.is_relative_to("/usr")]
    return sorted(
        each for each in kept if not any(each != other and each.is_relative_to(other) for other in kept)
    )


def layout(
    limits: Limits, hidden: tuple[Path, ...], unreadable: dict[Path, str], shared: Path | None
) -> list[Mount]:
    """Everything to be mounted, parents before what lies in them.

    Args:
        hidden: folders (a course's) that must not be seen, even if something above them is bound.
        unreadable: for folders that the sandbox's user cannot reach, where root has bound them.
        shared: the grader's folder that the submission may look into.
    """
    bound = folders()
    mounts = [
        *(_system(each) for each in SYSTEM if os.path.lexists(each)),
        *(Mount("bind", unreadable.get(each, str(each)), str(each)) for each in bound),
        *(Mount("link", target, link) for link, target in _links(bound).items()),
        *([Mount("bind", unreadable.get(shared, str(shared)), SHARED)] if shared else []),
        Mount("tmpfs", str(int(limits.disk_mb * ROOM) << 20), "/tmp"),
        Mount("tmpfs", str(limits.memory_mb << 20), "/dev/shm"),
        Mount("tmpfs", str(RUN_MB << 20), RUN),
    ]
    above = [Path(mount.place) for mount in mounts if mount.kind == "bind"]
    mounts += [
        Mount("tmpfs", "4096", str(each))
        for each in hidden
        if any(each.is_relative_to(other) for other in above)
    ]
    # A hidden folder may itself hold something that is bound: its own virtual environment.
    return sorted(mounts, key=lambda mount: mount.place.count("/"))


def _system(path: str) -> Mount:
    if os.path.islink(path):
        return Mount("link", os.readlink(path), path)
    return Mount("bind", path, path)


def _links(bound: list[Path]) -> dict[str, str]:
    """The links from sys.executable to the program itself that lie in no bound folder, with their targets."""
    found: dict[str, str] = {}
    path = Path(python())
    while path.is_symlink() and len(found) < 40:
        target = os.readlink(path)
        if not any(path.is_relative_to(each) for each in [*bound, Path("/usr"), Path("/bin")]):
            found[str(path)] = target
        path = path.parent / target
    return found


def out_of_reach(shared: Path | None) -> list[Path]:
    """The folders that a user without rights of their own cannot read: they, or one above, are closed."""
    return [each for each in (*folders(), *filter(None, [shared])) if not _is_open(each)]


def _is_open(path: Path) -> bool:
    try:
        return all(os.stat(each).st_mode & stat.S_IXOTH for each in (path, *path.parents))
    except OSError:
        return False


def stage(sources: list[Path]) -> dict[Path, str]:
    """For each folder out of reach, a place below one of STAGES, in a mount namespace of the sandbox's own.

    Raises:
        OSError: if there is no place for it.
    """
    if not sources:
        return {}
    needed = folders()
    for place in STAGES:
        if os.path.isdir(place) and not any(each.is_relative_to(place) for each in needed):
            return {source: f"{place}/{index}" for index, source in enumerate(sources)}
    raise OSError(f"none of {', '.join(STAGES)} is there, over which {sources[0]} could be mounted")
