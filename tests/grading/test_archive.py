"""Archives that students hand in: the one file that is meant comes out, and nothing else ever does."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import resource
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.errors import NotHandedIn, SubmissionError
from manychefs.grading import archive
from manychefs.grading.submission import LARGEST_FILE, copy_submission, find_submission

ANSWER = b"def count_up(): return 42\n"
TARS = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tgz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
}


@pytest.fixture
def exercise(tiny_course):
    return tiny_course("").exercise


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """Writes an archive: `pack(".zip", {"tally.py": b"…"})`; a list of pairs may have a name twice."""

    def write(suffix: str, members, name: str = "answer") -> Path:
        path = tmp_path / f"{name}{suffix}"
        pairs = list(members.items()) if isinstance(members, dict) else members
        if suffix == ".zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
                for member, data in pairs:
                    file.writestr(member, data)
        else:
            path.write_bytes(TARS[suffix](tar_of(pairs)))
        return path

    return write


def tar_of(pairs) -> bytes:
    """A tar of these names and bytes; a TarInfo may stand in place of a name."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as file:
        for member, content in pairs:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            info.size = info.size or len(content)
            file.addfile(info, io.BytesIO(content))
    return data.getvalue()


def refused(path: Path, exercise, inbox: Path) -> str:
    """Why it is refused, in four parts; nothing has been written anywhere."""
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(SubmissionError) as error:
        copy_submission(path, exercise, inbox)
    told = error.value.feedback
    assert all((told.happened, told.cause, told.evidence, told.next_step))
    assert sorted(path.parent.rglob("*")) == before
    return told.text()


# -- what is taken ----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".zip", *TARS])
@pytest.mark.parametrize(
    "place",
    ["tally.py", "./tally.py", "01_tally/tally.py", "ada/tally.py", "work/exercises/01_tally/tally.py"],
)
def test_the_answer_is_found_wherever_the_archive_has_it(exercise, inbox, pack, suffix, place):
    path = pack(suffix, {"README.md": b"hello", place: ANSWER, "conftest.py": b"evil", "pytest.ini": b"evil"})
    assert copy_submission(path, exercise, inbox).read_bytes() == ANSWER
    assert [each.name for each in inbox.iterdir()] == ["tally.py"]


def test_the_one_nearest_to_the_top_is_meant(exercise, inbox, pack):
    path = pack(".zip", {"old/backup/tally.py": b"old", "ada/tally.py": ANSWER, "__MACOSX/._tally.py": b"x"})
    assert copy_submission(path, exercise, inbox).read_bytes() == ANSWER


def test_a_folder_with_an_archive_and_a_file_means_the_file(exercise, inbox, pack, tmp_path):
    path = pack(".zip", {"tally.py": b"old"})
    (tmp_path / "tally.py").write_bytes(ANSWER)
    assert copy_submission(path.parent, exercise, inbox).read_bytes() == ANSWER


def test_a_folder_with_an_archive_alone_means_what_is_in_it(exercise, inbox, pack):
    path = pack(".tgz", {"tally.py": ANSWER})
    assert copy_submission(path.parent, exercise, inbox).read_bytes() == ANSWER
    assert str(find_submission(path.parent, exercise)) == f"{path}: tally.py"


def test_a_tar_of_several_compressed_streams_is_read_to_its_end(exercise, inbox, tmp_path):
    whole = tar_of([("notes.txt", os.urandom(5000)), ("tally.py", ANSWER)])
    path = tmp_path / "answer.tar.gz"
    path.write_bytes(gzip.compress(whole[:3000]) + gzip.compress(whole[3000:]) + bytes(512))
    assert copy_submission(path, exercise, inbox).read_bytes() == ANSWER


def test_an_archive_without_the_answer_says_what_it_has(exercise, pack):
    path = pack(".zip", {"tali.py": ANSWER, "inner.zip": b"PK"})
    with pytest.raises(NotHandedIn) as error:
        find_submission(path, exercise)
    assert "in it: tali.py" in error.value.feedback.evidence
    assert "archive within the archive" in error.value.feedback.cause


# -- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
@pytest.mark.parametrize(
    "name", ["../tally.py", "/tmp/tally.py", "a/../../tally.py", "C:/tally.py", "..\\tally.py"]
)
def test_a_name_that_leads_out_of_the_archive_is_refused(exercise, inbox, pack, suffix, name):
    assert "leads out of the archive" in refused(pack(suffix, {name: ANSWER}), exercise, inbox)


@pytest.mark.parametrize("suffix", [".zip", ".tar"])
def test_a_name_that_is_there_twice_is_refused(exercise, inbox, pack, suffix):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's own, of the second name
        path = pack(suffix, [("tally.py", ANSWER), ("tally.py", b"other")])
    assert "more than once" in refused(path, exercise, inbox)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_link_or_device_in_a_tar_is_refused(exercise, inbox, pack, kind):
    info = tarfile.TarInfo("tally.py")
    info.type, info.linkname = kind, "/etc/passwd"
    text = refused(pack(".tar", [(info, b"")]), exercise, inbox)
    assert "is a link" in text or "is no regular file" in text


def test_a_link_in_a_zip_is_refused(exercise, inbox, pack):
    info = zipfile.ZipInfo("tally.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "is a link" in refused(pack(".zip", [(info, b"/etc/passwd")]), exercise, inbox)


def test_an_encrypted_member_is_refused(exercise, inbox, pack):
    path = pack(".zip", {"tally.py": ANSWER})
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + place] |= 1
    path.write_bytes(data)
    assert "is encrypted" in refused(path, exercise, inbox)


def test_a_sparse_member_is_refused(exercise, inbox, tmp_path):
    """A few hundred bytes of tar that say they are a terabyte of zeros."""
    info = tarfile.TarInfo("tally.py")
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"00000000000\000000000000\0"
    header[483:495] = b"77777777777\0"
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    path = tmp_path / "answer.tar"
    path.write_bytes(bytes(header) + bytes(1024))
    assert "tally.py" in refused(path, exercise, inbox)


@pytest.mark.parametrize("suffix", [".zip", ".tar"])
def test_a_member_that_is_too_large_is_refused_with_its_size(exercise, inbox, pack, suffix):
    path = pack(suffix, {"tally.py": os.urandom(LARGEST_FILE + 1)})
    assert f"{LARGEST_FILE + 1:,} bytes" in refused(path, exercise, inbox)


def test_too_many_members_are_refused(exercise, inbox, pack, monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 20)
    members = {f"{number}.txt": b"" for number in range(30)} | {"tally.py": ANSWER}
    for suffix in (".zip", ".tar.gz"):
        assert "members" in refused(pack(suffix, members), exercise, inbox)


def bomb(suffix: str, path: Path) -> Path:
    """A hundred megabytes of zeros, and behind them an answer that is right."""
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            file.writestr("zeros", bytes(100 << 20))
            file.writestr("tally.py", ANSWER)
        return path
    info = tarfile.TarInfo("zeros")
    info.size = 100 << 20
    zeros = TARS[suffix](bytes(1 << 20))
    answer = TARS[suffix](tar_of([("tally.py", ANSWER)]))
    path.write_bytes(TARS[suffix](info.tobuf()) + zeros * 100 + answer)
    return path


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.bz2", ".tar.xz", ".zip"])
def test_a_bomb_is_refused_before_it_has_grown(exercise, inbox, tmp_path, suffix):
    """And the process that reads it stays small."""
    path = bomb(suffix, tmp_path / f"answer{suffix}")
    assert path.stat().st_size < 1 << 20
    here = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (48 << 20), here[1]))
    try:
        text = refused(path, exercise, inbox)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, here)
    assert "times its size" in text or "bytes together" in text


def test_a_size_that_lies_is_found_out(exercise, inbox, pack):
    """The zip says that its member has ten bytes; what it is made of has more than is ever read."""
    path = pack(".zip", {"tally.py": os.urandom(100) * (LARGEST_FILE // 50)})
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", data, data.find(signature) + place, 10)
    path.write_bytes(data)
    with pytest.raises(SubmissionError):
        copy_submission(path, exercise, inbox)
    assert not list(inbox.iterdir())


def test_a_table_of_contents_that_is_too_large_is_refused_before_it_is_read(exercise, inbox, pack):
    path = pack(".zip", {"tally.py": ANSWER})
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.rfind(b"PK\x05\x06") + 12, 1 << 30)
    path.write_bytes(data)
    assert "a table of 1,073,741,824 bytes" in refused(path, exercise, inbox)


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tar.bz2", ".tar.xz"])
def test_what_is_damaged_or_no_archive_is_refused(exercise, inbox, pack, suffix):
    """Cut short at many places, and with bytes changed: never anything but a reason."""
    whole = pack(suffix, {"notes.txt": os.urandom(3000), "tally.py": ANSWER}, name="whole").read_bytes()
    path = inbox.parent / f"answer{suffix}"
    tried = [
        b"",
        b"no archive at all",
        *(whole[:cut] for cut in range(1, len(whole), max(1, len(whole) // 11))),
    ]
    for place in range(0, min(len(whole), 600), 19):
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        tried.append(bytes(changed))
    for data in tried:
        path.write_bytes(data)
        with contextlib.suppress(SubmissionError):
            copy_submission(path, exercise, inbox).unlink()
        assert not list(inbox.iterdir())


@pytest.mark.parametrize("size", [b"\x80" + b"\xff" * 11, b"\xff" * 12, b"77777777777\0"])
@pytest.mark.timeout(20)
def test_a_tar_whose_sizes_are_negative_or_huge_comes_to_an_end(exercise, inbox, tmp_path, size):
    info = tarfile.TarInfo("tally.py")
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[124:136] = size
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    path = tmp_path / "answer.tar"
    path.write_bytes(bytes(header) * 3 + bytes(1024))
    refused(path, exercise, inbox)


def test_headers_nested_without_end_are_refused(exercise, inbox, tmp_path):
    """Each says that the next one's name is long."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 5
    path = tmp_path / "answer.tar.gz"
    path.write_bytes(gzip.compress((info.tobuf(tarfile.GNU_FORMAT) + b"name\0" + bytes(507)) * 20_000))
    refused(path, exercise, inbox)


def test_an_archive_that_is_a_link_is_not_followed(exercise, inbox, pack, tmp_path):
    pack(".zip", {"tally.py": ANSWER}, name="elsewhere")
    (tmp_path / "answer.zip").symlink_to(tmp_path / "elsewhere.zip")
    assert "symbolic link" in refused(tmp_path / "answer.zip", exercise, inbox)


def test_the_reasons_show_no_control_character(exercise, inbox, pack):
    text = refused(pack(".tar", {"\x1b[2J/tally.py": ANSWER}), exercise, inbox)
    assert "\x1b" not in text
