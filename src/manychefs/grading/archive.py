"""Reads archives that nobody has looked into: zip and tar (plain, gz, bz2, xz), member by member.

Nothing is ever unpacked to disk. A member is listed with its name and size, and its bytes are kept only if
the caller wants it; everything else is passed over, a tar's in the stream. What may be large has a cap: the
file, the number of members, what comes out of the decompression, and the ratio between the two. The
decompressors are asked for so many bytes and no more, because a kilobyte of bzip2 can stand for gigabytes.

Only what a student's archive needs is read: members stored or deflated in a zip (no zip64, no encryption),
regular files in a tar (no sparse ones). An archive within the archive is a member like any other.
"""

from __future__ import annotations

import bz2
import contextlib
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

LARGEST_ARCHIVE = 32 << 20  # bytes of the archive itself
LARGEST_TOTAL = 64 << 20  # bytes of all its members together
LARGEST_DIRECTORY = 2 << 20  # bytes of a zip's table of contents, which is read whole
MOST_MEMBERS = 5000
LARGEST_RATIO = 200  # of what comes out to what goes in; source code reaches 10, zeros a thousand
RATIO_FROM = 1 << 20  # bytes out, from which on the ratio counts
XZ_MEMORY = 96 << 20  # bytes; `xz -9` needs 65 MiB
SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
MOST_EMPTY_READS = 16  # at the end of a tar; the library itself needs one or two
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may have: members, bytes of a zip's table of contents, bytes of all members together,
    and of these how many for a byte of the archive."""

    members: int
    directory: int
    total: int
    ratio: float


def students_bounds() -> Bounds:
    """The bounds of one student's archive."""
    return Bounds(MOST_MEMBERS, LARGEST_DIRECTORY, LARGEST_TOTAL, LARGEST_RATIO)


CLASS_BOUNDS = Bounds(1 << 18, 128 << 20, 64 << 30, float("inf"))
"""Of an archive with a whole class, as a learning platform packs it. One student's bomb in it must not stop
the class from being graded: it is passed over, and what is read of a member is bounded in any case."""


class BadArchive(Exception):
    """An archive cannot be read, or may not be: the message says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive that is no folder.

    parts: its name, split; empty if the name leads out of the archive. size: bytes, as the archive says.
    trouble: why it may not be read, to follow its name; empty if it may.
    """

    name: str
    parts: tuple[str, ...]
    size: int
    trouble: str = ""


def is_archive(path: Path) -> bool:
    """Whether a file's name is that of an archive which can be read here."""
    return path.name.casefold().endswith(SUFFIXES)


def stem(path: Path) -> str:
    """An archive's name without its suffix: `ada` of ada.tar.gz."""
    suffix = max((each for each in SUFFIXES if path.name.casefold().endswith(each)), key=len, default="")
    return path.name[: len(path.name) - len(suffix)]


def read(
    file: BinaryIO, largest: int, wanted: Callable[[Member], bool] = lambda _: False
) -> list[tuple[Member, bytes]]:
    """All members of a student's archive in their order, with the bytes of those that are wanted.

    Args:
        largest: bytes that a wanted member may have; a larger one gets a `trouble`.
        wanted: asked once for each member without trouble.

    Raises:
        BadArchive: if it is no archive, damaged, or larger than anything above allows.
    """
    return [
        (member, get() if not member.trouble and wanted(member) else b"")
        for member, get in walk(file, largest, students_bounds())
    ]


def walk(file: BinaryIO, largest: int, bounds: Bounds) -> Iterator[tuple[Member, Callable[[], bytes]]]:
    """One member after the other, each with what gets its bytes, which works before the next is asked for.

    Args:
        largest: bytes that a member may have; a larger one gets a `trouble`, and is not to be got.

    Raises:
        BadArchive: if it is no archive, damaged, or beyond the bounds.
    """
    beginning = file.read(6)
    file.seek(0)
    members = _zip_members if beginning.startswith(b"PK") else _tar_members
    with _bad_archives():
        for count, (member, get) in enumerate(members(file, largest, bounds), 1):
            yield member, get
            if count > bounds.members:
                raise BadArchive(f"it has more than {bounds.members:,} members")


@contextlib.contextmanager
def _bad_archives() -> Iterator[None]:
    """Whatever a crafted file makes the libraries raise becomes a BadArchive."""
    try:
        yield
    except (BadArchive, GeneratorExit):
        raise
    except Exception as error:
        raise BadArchive(f"it is damaged, or no archive ({type(error).__name__})") from None


def _member(name: str, size: int, largest: int, trouble: str) -> Member:
    parts = _parts(name)
    if not parts:
        trouble = trouble or "has a name that leads out of the archive"
    elif size > largest:
        trouble = trouble or f"has {size:,} bytes; at most {largest:,} are read"
    return Member(name, parts, size, trouble)


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a member's name; none if it is absolute, climbs, or holds what no name should."""
    parts = name.replace("\\", "/").split("/")
    is_absolute = not parts[0] or (len(parts[0]) == 2 and parts[0][1] == ":")
    kept = tuple(part for part in parts if part not in ("", "."))
    if is_absolute or ".." in kept or any(ord(char) < 32 for char in name):
        return ()
    return kept


# -- zip --------------------------------------------------------------------------------------

_Walk = Iterator[tuple[Member, Callable[[], bytes]]]


def _zip_members(file: BinaryIO, largest: int, bounds: Bounds) -> _Walk:
    size = _refuse_large_directory(file, bounds)
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        total = sum(info.file_size for info in infos)
        _refuse_bomb(total, size, bounds)
        for info in infos:
            if not info.is_dir():
                trouble = _zip_trouble(info)
                yield (
                    _member(info.filename, info.file_size, largest, trouble),
                    _Deflated(archive, info, largest),
                )


@dataclass(frozen=True, slots=True)
class _Deflated:
    """Reads one member of a zip. What its header says of its size is not believed."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    largest: int

    def __call__(self) -> bytes:
        with _bad_archives(), self.archive.open(self.info) as member:
            return _at_most(member, self.largest)


def _at_most(file: Any, largest: int) -> bytes:
    data: bytes = file.read(largest + 1)
    if len(data) > largest:
        raise BadArchive("a member has more bytes than the archive says")
    return data


def _refuse_large_directory(file: BinaryIO, bounds: Bounds) -> int:
    """Look at a zip's end before the library reads its table of contents whole; gives the file's size."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - (1 << 16) - 22))
    end = file.read()
    file.seek(0)
    place = end.rfind(b"PK\x05\x06")
    if place < 0 or len(end) - place < 22:
        raise BadArchive("it is damaged, or no archive (its end is missing)")
    count, directory = struct.unpack_from("<10xHL", end, place)
    if b"PK\x06\x07" in end[max(0, place - 20) : place]:
        raise BadArchive("it is a zip64 archive, as only very large ones are")
    if count > bounds.members or directory > bounds.directory:
        raise BadArchive(f"it has {count:,} members in a table of {directory:,} bytes")
    return size


def _zip_trouble(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link" if kind == stat.S_IFLNK else "is no regular file"
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed in an uncommon way"
    return ""


def _refuse_bomb(out: int, into: int, bounds: Bounds) -> None:
    if out > bounds.total:
        raise BadArchive(f"its members have more than {bounds.total:,} bytes together")
    if out > RATIO_FROM and out > into * bounds.ratio:
        raise BadArchive(f"it grows to more than {bounds.ratio:.0f} times its size")


# -- tar --------------------------------------------------------------------------------------


def _tar_members(file: BinaryIO, largest: int, bounds: Bounds) -> _Walk:
    inflated = _Inflated(file, bounds)
    with tarfile.open(fileobj=inflated, mode="r|", errors="surrogateescape") as archive:  # type: ignore[call-overload]
        for info in archive:
            if not info.isdir():
                trouble = _tar_trouble(info)
                yield _member(info.name, info.size, largest, trouble), _Streamed(archive, info, largest)


@dataclass(frozen=True, slots=True)
class _Streamed:
    """Reads the member of a tar at which the stream stands."""

    archive: tarfile.TarFile
    info: tarfile.TarInfo
    largest: int

    def __call__(self) -> bytes:
        with _bad_archives():
            return _at_most(self.archive.extractfile(self.info), self.largest)


def _tar_trouble(info: tarfile.TarInfo) -> str:
    if info.issym() or info.islnk():
        return "is a link"
    if info.issparse():
        return "is a sparse file"
    return "" if info.isreg() else "is no regular file"


class _Inflated:
    """What a compressed tar holds, as a file to be read forward: never more at a time than was asked for."""

    def __init__(self, file: BinaryIO, bounds: Bounds) -> None:
        self._file = file
        self._bounds = bounds
        self._into = self._out = self._empty = 0
        beginning = file.read(6)
        file.seek(0)
        self._new = _decompressor_for(beginning)
        self._decompressor: Any = self._new() if self._new else None
        self._pending = b""

    def read(self, count: int) -> bytes:
        """The next bytes, at most `count`; fewer only at the end.

        Raises:
            BadArchive: if more has come out than any archive may hold.
        """
        parts = []
        while count:
            part = self._some(count)
            if not part:
                self._refuse_endless()
                break
            parts.append(part)
            count -= len(part)
            self._out += len(part)
            _refuse_bomb(self._out, self._into, self._bounds)
        return b"".join(parts)

    def _refuse_endless(self) -> None:
        """The library reads on beyond the end when a header tells it to skip more than there is."""
        self._empty += 1
        if self._empty > MOST_EMPTY_READS:
            raise BadArchive("it is damaged, or cut short")

    def _some(self, count: int) -> bytes:
        if self._new is None:
            return self._take(count)
        while True:
            if self._decompressor.eof:
                rest = self._decompressor.unused_data or self._take()
                if not rest.strip(b"\0"):
                    return b""
                self._decompressor, self._pending = self._new(), rest  # one stream after another
            given = self._given()
            if part := self._decompressor.decompress(given, count):
                return bytes(part)
            if not given and not self._decompressor.eof:
                raise BadArchive("it is damaged, or cut short")

    def _given(self) -> bytes:
        """What the decompressor gets next; nothing while it has not given out what it had."""
        pending, self._pending = self._pending or getattr(self._decompressor, "unconsumed_tail", b""), b""
        if not pending and getattr(self._decompressor, "needs_input", True):
            pending = self._take()
        return pending

    def _take(self, count: int = _CHUNK) -> bytes:
        data = self._file.read(count)
        self._into += len(data)
        return data


def _decompressor_for(beginning: bytes) -> Callable[[], Any] | None:
    """A maker of decompressors for what begins like this; None for what is not compressed."""
    if beginning.startswith(b"\x1f\x8b"):
        return lambda: zlib.decompressobj(wbits=31)
    if beginning.startswith(b"BZh"):
        return bz2.BZ2Decompressor
    if beginning.startswith(b"\xfd7zXZ"):
        return lambda: lzma.LZMADecompressor(memlimit=XZ_MEMORY)
    return None
