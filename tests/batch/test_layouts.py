"""Every layout in which a class comes: whose a file is, which one counts, and why others do not."""

from __future__ import annotations

import io
import os
import sys
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from manychefs.batch.find import Class, find_class
from manychefs.batch.layouts import Named, named
from manychefs.course import Course
from manychefs.errors import SubmissionError
from manychefs.grading.archive import LARGEST_ARCHIVE
from manychefs.grading.submission import LARGEST_FILE, read_submission

HandIn = Callable[..., Path]


def told(found: Class, course: Course) -> dict[str, list[str | None]]:
    """For each student the text of the file that counts, by exercise."""
    said = {}
    for student in found.students:
        sources = [(each, student.submission(each)) for each in course.exercises]
        said[student.name] = [
            (read_submission(source, each).data or b"").decode() if source else None
            for each, source in sources
        ]
    return said


def left(found: Class, course: Course) -> list[str]:
    """All that is left out, with the reasons."""
    return [str(each) for each in found.left_out] + [
        str(each) for student in found.students for each in student.left_out(course)
    ]


# -- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lovelaceada_12_345_doubles.py", Named("canvas", "lovelaceada", "12", "doubles.py", number=345)),
        ("de_la_cruz_12_345_doubles.py", Named("canvas", "de_la_cruz", "12", "doubles.py", number=345)),
        ("ada_LATE_12_345_doubles.py", Named("canvas", "ada", "12", "doubles.py", late=True, number=345)),
        ("ada_12_345_doubles-2.py", Named("canvas", "ada", "12", "doubles.py", number=345, attempt=2)),
        ("ada_12_345_work-1.tar.gz", Named("canvas", "ada", "12", "work.tar.gz", number=345, attempt=1)),
        ("anon_x7Kp2_345_doubles.py", Named("canvas", "anon_x7Kp2", "x7Kp2", "doubles.py", number=345)),
        ("ada_12_345_part-2.py", Named("canvas", "ada", "12", "part-2.py", number=345)),
        ("Ada Lovelace_47_assignsubmission_file_", Named("moodle", "Ada Lovelace", "47", "")),
        ("Ada Lovelace_47_assignsubmission_file", Named("moodle", "Ada Lovelace", "47", "")),
        ("Ada_47_assignsubmission_file_doubles.py", Named("moodle", "Ada", "47", "doubles.py")),
        ("ada_doubles.py", Named("flat", "ada", "", "doubles.py")),
        ("ada lovelace-01_doubles.py", Named("flat", "ada lovelace", "", "doubles.py")),
        ("ada.doubles-1.py", Named("flat", "ada", "", "doubles.py", attempt=1)),
        ("doubles.py", None),
        ("01_doubles.py", None),
        ("_doubles.py", None),
        ("notes.txt", None),
    ],
)
def test_names_of_the_platforms(course: Course, name: str, expected: Named | None) -> None:
    assert named(name, course.exercises) == expected


# -- the layouts --------------------------------------------------------------------------------


def test_canvas_the_newest_of_what_was_handed_in_again_counts_and_the_others_are_told(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in(
        {
            "lovelaceada_12_300_doubles.py": "old",
            "lovelaceada_LATE_12_345_doubles-1.py": "new",
            "lovelaceada_12_301_halves.py": "halves",
            "hopperben_13_320_doubles-1.py": "second",
            "hopperben_13_320_doubles-2.py": "third",
            "hopperben_13_322_essay.pdf": "",
            "hopperben_13_322_dubles.py": "",
        }
    )
    found = find_class(course, [folder])
    assert told(found, course) == {"hopperben": ["third", None], "lovelaceada": ["new", "halves"]}
    ben, ada = found.students
    assert (ada.id, ben.id) == ("12", "13")
    assert [ada.is_called_late(each) for each in course.exercises] == [True, False]
    assert left(found, course) == [
        "hopperben/hopperben_13_320_doubles-1.py (handed in again: hopperben_13_320_doubles-2.py counts)",
        "hopperben/hopperben_13_322_dubles.py (no exercise's file is called that; doubles.py?)",
        "hopperben/hopperben_13_322_essay.pdf (no exercise's file is called that)",
        "lovelaceada/lovelaceada_12_300_doubles.py "
        "(handed in again: lovelaceada_LATE_12_345_doubles-1.py counts)",
    ]


def test_canvas_one_download_an_assignment_is_one_class(course: Course, hand_in: HandIn) -> None:
    first = hand_in({"ada_12_300_doubles.py": "a1", "ben_13_301_doubles.py": "b1"}, name="first")
    second = hand_in({"ada_12_400_halves.py": "a2", "ada_14_401_halves.py": "c2"}, name="second")
    found = find_class(course, [first, second])
    assert told(found, course) == {"ada (12)": ["a1", "a2"], "ada (14)": [None, "c2"], "ben": ["b1", None]}


def test_moodle_folders_of_two_assignments_are_one_class(course: Course, hand_in: HandIn) -> None:
    first = hand_in(
        {
            "Ada Lovelace_47_assignsubmission_file_/doubles.py": "a1",
            "Ada Lovelace_47_assignsubmission_onlinetext_/onlinetext.html": "",
            "Ben_48_assignsubmission_file_/work.py": "",
        },
        name="first",
    )
    second = hand_in({"Ada Lovelace_91_assignsubmission_file_halves.py": "a2"}, name="second")
    found = find_class(course, [first, second])
    assert told(found, course) == {"Ada Lovelace": ["a1", "a2"], "Ben": [None, None]}
    assert left(found, course) == [
        "Ada Lovelace/Ada Lovelace_47_assignsubmission_onlinetext_ "
        "(text typed into Moodle; only files are graded)",
        "Ben/work.py (no exercise's file is called that)",
    ]


def test_moodle_namesakes_are_told_apart_by_number(course: Course, hand_in: HandIn) -> None:
    folder = hand_in(
        {
            "Ada_1_assignsubmission_file_/doubles.py": "one",
            "Ada_2_assignsubmission_file_/doubles.py": "two",
        }
    )
    found = find_class(course, [folder])
    assert told(found, course) == {"Ada (1)": ["one", None], "Ada (2)": ["two", None]}


def test_a_flat_folder(course: Course, hand_in: HandIn) -> None:
    folder = hand_in(
        {
            "ada_doubles.py": "a1",
            "ada-02_halves.py": "a2",
            "ben_doubles.py": "b1",
            "ben_doubles-1.py": "b2",
            "stray.py": "",
            "README.md": "",
        }
    )
    found = find_class(course, [folder])
    assert told(found, course) == {"ada": ["a1", "a2"], "ben": ["b2", None]}
    assert left(found, course) == [
        "stray.py (its name says neither whose it is nor for which exercise)",
        "ben/ben_doubles.py (handed in again: ben_doubles-1.py counts)",
    ]


def test_nbgraders_submitted_and_its_timestamps(course: Course, hand_in: HandIn) -> None:
    folder = hand_in(
        {
            "ada/01_doubles/doubles.py": "a1",
            "ada/01_doubles/timestamp.txt": "2026-02-02 15:58:23.948203 UTC",
            "ben/01_doubles/doubles.py": "b1",
            "ben/01_doubles/timestamp.txt": "2026-02-02 16:58:23 Europe/Paris\n",
            "chloe/01_doubles/doubles.py": "c1",
            "chloe/01_doubles/timestamp.txt": "soon",
        },
        name="submitted",
    )
    os.utime(folder / "chloe/01_doubles/doubles.py", (1_000_000_000, 1_000_000_000))
    found = find_class(course, [folder])
    doubles = course.exercises[0]
    times = [student.handed_in(doubles) for student in found.students]
    assert times == [
        datetime(2026, 2, 2, 15, 58, 23, 948203, UTC),
        datetime(2026, 2, 2, 15, 58, 23, tzinfo=UTC),
        datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC),
    ]


# -- a class in an archive ----------------------------------------------------------------------

MEMBERS = {
    "ada_12_345_doubles.py": b"a1",
    "ben_LATE_13_346_work.zip": b"",  # filled below
    "__MACOSX/ada_12_345_doubles.py": b"",
    "chloe_14_347_doubles.py": b"#" * (LARGEST_FILE + 1),
    "dan_15_348_bomb.zip": b"\0" * (LARGEST_ARCHIVE + 1),
    "../../escape_16_349_doubles.py": b"e",
}


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def _tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("eve_17_350_doubles.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    return path


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_platforms_download_as_it_is(course: Course, tmp_path: Path, kind: str) -> None:
    """One student's bomb, link or climbing name is refused with its reason; the class is graded."""
    members = MEMBERS | {
        "ben_LATE_13_346_work.zip": _zip(tmp_path / "b.zip", {"halves.py": b"b2"}).read_bytes()
    }
    pack = _zip if kind == "zip" else _tar
    path = pack(tmp_path / f"submissions.{kind}", members)
    room = tmp_path / "room"
    found = find_class(course, [path], room)
    assert told(found, course) == {"ada": ["a1", None], "ben": [None, "b2"]}
    assert found.students[1].is_called_late(course.exercises[1])
    reasons = left(found, course)
    assert [reason.split(" (")[0] for reason in reasons][:3] == list(MEMBERS)[3:]
    assert f"at most {LARGEST_FILE:,} are read" in reasons[0]
    assert f"at most {LARGEST_ARCHIVE:,} are read" in reasons[1]
    assert "leads out of the archive" in reasons[2]
    assert len(reasons) == (3 if kind == "zip" else 4)
    assert kind == "zip" or "is a link" in reasons[3]
    written = [str(each.relative_to(room)) for each in room.rglob("*") if each.is_file()]
    assert sorted(written) == [
        "0/submissions/ada_12_345_doubles.py",
        "0/submissions/ben_LATE_13_346_work.zip",
    ]
    assert not any(each.is_symlink() for each in room.rglob("*"))


@pytest.mark.parametrize(
    "names",
    [
        ["submitted/ada/01_doubles/doubles.py", "submitted/ben/01_doubles/doubles.py"],
        ["ada/doubles.py", "ben/doubles.py"],
        ["term/ada_doubles.py", "term/ben_doubles.py"],
        ["Ada_1_assignsubmission_file_/doubles.py", "Ben_2_assignsubmission_file_/doubles.py"],
    ],
    ids=["nbgrader", "folders", "flat", "moodle"],
)
def test_a_zip_of_any_layout(course: Course, tmp_path: Path, names: list[str]) -> None:
    path = _zip(tmp_path / "class.zip", {name: name[-16:].encode() for name in names})
    found = find_class(course, [path], tmp_path / "room")
    assert [student.name.casefold() for student in found.students] == ["ada", "ben"]
    assert all(texts[0] for texts in told(found, course).values())


def test_one_students_archive_is_a_class_of_one(course: Course, tmp_path: Path) -> None:
    path = _zip(tmp_path / "ada.zip", {"doubles.py": b"a1", "02_halves/halves.py": b"a2"})
    assert told(find_class(course, [path], tmp_path / "room"), course) == {"ada": ["a1", "a2"]}


def test_a_damaged_archive_of_a_class_is_told(course: Course, tmp_path: Path) -> None:
    path = _zip(tmp_path / "class.zip", {"ada/doubles.py": b"x" * 1000})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SubmissionError, match="cannot be read"):
        find_class(course, [path], tmp_path / "room")


def test_one_download_named_twice_is_refused(course: Course, hand_in: HandIn) -> None:
    folder = hand_in({"ada_12_300_doubles.py": "a1"})
    with pytest.raises(SubmissionError, match="Two students"):
        find_class(course, [folder, folder])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file may be called so")
def test_a_name_of_any_length_and_with_anything_in_it_names_a_file(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    """Two names that begin alike stay two."""
    names = ["\x1b" * 250 + end for end in "ab"] + ["ada\nben\t", "é" * 120, "b\udcffn"]
    folder = hand_in({f"{name}/doubles.py": "" for name in names})
    shown = [student.name for student in find_class(course, [folder]).students]
    assert len(set(shown)) == 5
    assert "ada\\nben\\t" in shown
    for name in shown:
        assert "\x1b" not in name
        (tmp_path / f"{name} (12345)").mkdir()
