"""Finds the submissions of a class, in whichever layout they come.

    class/               class/                               class/, or class.zip with all of it
      ada/tally.py         ada/03_tally/tally.py                lovelaceada_12_345_tally.py     Canvas
      ben/answers.zip      ada/03_tally/timestamp.txt           Ada_12_assignsubmission_file_/  Moodle
      chloe.tar.gz         (nbgrader's submitted/)              ada_tally.py                    flat

    paths ──find_class──► Class: its Students, each with a Source an exercise
                               and what is left out, with the reason: nothing is passed over in silence

Nobody has looked into what students hand in: names are shown cleaned, no link is followed below the folder
that the instructor named, and of a class's archive only plain files come out, under names that stay within.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import re
import unicodedata
import zoneinfo
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from manychefs.batch.layouts import Named, first_name, named
from manychefs.course import Course, Exercise
from manychefs.errors import NotHandedIn, SubmissionError
from manychefs.grading import archive
from manychefs.grading.archive import BadArchive, is_archive, stem
from manychefs.grading.submission import (
    LARGEST_FILE,
    Source,
    archive_members,
    archives_in,
    find_submission,
)
from manychefs.report import clean

ANSWERS = (".py", ".ipynb")  # suffixes of what may be an answer
TIMESTAMP = "timestamp.txt"  # in which nbgrader notes when something was handed in
LARGEST_TIMESTAMP = 200  # bytes
LONGEST_NAME = 200  # bytes of a student's name, which a namesake's number may follow
UNKNOWN_TIME = 0  # of a file that came out of an archive: a zip tells times without their zone


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not graded, safe to show, and why not."""

    student: str
    file: str
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.student}/{self.file} ({self.reason})" if self.student else f"{self.file} ({self.reason})"
        )


@dataclass(frozen=True, slots=True)
class Loose:
    """A file that lies in the class's folder under a platform's name."""

    told: Named
    path: Path


@dataclass(frozen=True, slots=True)
class Student:
    """One student, with a folder, or an archive, or loose files.

    name: safe to show and to name a file by. below: the folder that the instructor named; no link is followed
    under it. id: the platform's number for the student, where it has one. more: the same student in other
    downloads, which a platform makes one for each assignment.
    """

    name: str
    folder: Path
    below: Path
    id: str = ""
    layout: str = ""
    loose: tuple[Loose, ...] = ()
    more: tuple[Student, ...] = ()

    def submission(self, exercise: Exercise) -> Source | None:
        """Where the student's file for `exercise` is; None if there is none.

        An archive that cannot be read is given as it is: copying it says why.
        """
        return self._chosen(exercise)[0]

    def is_called_late(self, exercise: Exercise) -> bool:
        """Whether the platform's name for what is graded says that it came late."""
        loose = self._chosen(exercise)[1]
        return loose is not None and loose.told.late

    def handed_in(self, exercise: Exercise) -> datetime | None:
        """When the file for `exercise` came, as nbgrader's note or else the file system says.

        None where neither knows: a platform's download has the time of the download.
        """
        source, loose = self._chosen(exercise)
        if source is None or (loose is not None and loose.told.layout != "flat"):
            return None
        if loose is None:
            for folder in (source.path.parent, source.path.parent.parent):
                if folder.is_relative_to(source.below) and (noted := _noted_time(folder / TIMESTAMP)):
                    return noted
        try:
            seconds = source.path.lstat().st_mtime
        except OSError:
            return None
        return datetime.fromtimestamp(seconds, UTC) if seconds != UNKNOWN_TIME else None

    def _chosen(self, exercise: Exercise) -> tuple[Source | None, Loose | None]:
        """What counts: of loose files the one that was handed in last, of folders the one named last."""
        found = [
            (each, source)
            for part in self._parts()
            for each in part.loose
            if (source := _loose_source(each, exercise, part.below))
        ]
        if found:
            loose, source = max(found, key=lambda pair: _age(pair[0]))
            return source, loose
        for part in reversed(self._parts()):
            if not part.loose and (where := _found(part.folder, exercise, part.below)):
                return where, None
        return None, None

    def _parts(self) -> tuple[Student, ...]:
        return (self, *self.more)

    def left_out(self, course: Course) -> list[LeftOut]:
        """What may have been meant as an answer and is none, with the reason."""
        chosen = [self._chosen(exercise) for exercise in course.exercises]
        picked = {source for source, _ in chosen}
        left = [
            LeftOut(self.name, clean(name), _why_strange(Path(name).name, course))
            for part in self._parts()
            for name, source in part._answers()
            if source not in picked
        ]
        kept = [loose for _, loose in chosen if loose]
        left += [
            LeftOut(self.name, clean(each.path.name), _why_left(each, kept, course))
            for part in self._parts()
            for each in part.loose
            if each not in kept
        ]
        return sorted(left, key=lambda each: each.file)

    def strange_files(self, course: Course) -> list[str]:
        """Names of Python files taken for no exercise (misnamed, `.py.txt`, in a folder too deep)."""
        return [each.file for each in self.left_out(course)]

    def _answers(self) -> Iterator[tuple[str, Source]]:
        """Every file that may be an answer: in the folder, at any depth, and in its archives."""
        if self.loose:
            return
        archives = [self.folder]
        if self.folder.is_dir():
            archives = archives_in(self.folder)
            for path in self.folder.rglob("*"):
                name = path.relative_to(self.folder)
                if _may_be_answer(path.name) and not _is_hidden(name) and path not in archives:
                    yield str(name), Source(path, self.below)
        for path in archives:
            with contextlib.suppress(SubmissionError):
                for member in archive_members(Source(path, self.below)):
                    if _may_be_answer(member.name):
                        yield f"{path.name}: {member.name}", Source(path, self.below, member.name)


@dataclass(slots=True)
class Class:
    """The students of a class, sorted by name, and the files that are nobody's."""

    students: list[Student]
    left_out: list[LeftOut] = field(default_factory=list)


def find_students(course: Course, paths: list[Path]) -> list[Student]:
    """The students in these folders, sorted by name. A path may be a class or one student's folder.

    Raises:
        SubmissionError: if a path is missing or no folder, if there is nobody in it, or if two
            students have one name.
    """
    return find_class(course, paths).students


def find_class(course: Course, paths: list[Path], room: Path | None = None) -> Class:
    """The students in these folders and archives. A path may be a class or one student's folder.

    Args:
        room: a folder of ours for what comes out of a class's archive; without one there may be none.

    Raises:
        SubmissionError: if a path is missing or neither, if an archive is damaged, if there is nobody in it,
            or if two students have one name.
    """
    found = Class([])
    for number, path in enumerate(paths):
        folder = path
        if room is not None and path.is_file() and is_archive(path):
            folder = room / f"{number}" / stem(path)
            found.left_out += _unpack(path, folder)
            folder = _only_folder(course, folder)
        _refuse_no_folder(folder)
        _add(found, course, folder)
    if not found.students:
        raise SubmissionError(
            "There is no submission to grade.",
            cause="There is no student's folder, file or archive in it, by any layout that is known.",
            evidence=[f"looked in {path}" for path in paths] + [str(each) for each in found.left_out[:8]],
            next_step="Put one folder a student there, each with files such as "
            f"{course.exercises[0].filename}; or give a platform's download as it is.",
        )
    found.students = _merged(found.students)
    _refuse_one_name_twice(found.students)
    found.students.sort(key=lambda student: student.name.casefold())
    return found


def _add(found: Class, course: Course, path: Path) -> None:
    """Add everybody who has something in one folder."""
    if _is_student(course, path):
        found.students.append(Student(shown_name(path.resolve().name), path, path))
        return
    loose: dict[tuple[str, str, str], list[Loose]] = {}
    for child in sorted(path.iterdir()):
        if _is_hidden(Path(child.name)):
            continue
        told = named(child.name, course.exercises)
        if child.is_dir() and told and told.is_text:
            reason = "text typed into Moodle; only files are graded"
            found.left_out.append(LeftOut(clean(told.who), clean(child.name), reason))
        elif child.is_dir():
            found.students.append(_folder_student(told, child, path))
        elif told and told.file:
            loose.setdefault((told.who, told.id, told.layout), []).append(Loose(told, child))
        elif is_archive(child):
            found.students.append(Student(shown_name(stem(child)), child, path))
        elif _may_be_answer(child.name):
            reason = "its name says neither whose it is nor for which exercise"
            found.left_out.append(LeftOut("", clean(child.name), reason))
    found.students += [
        Student(shown_name(who), path, path, number, layout, tuple(files))
        for (who, number, layout), files in loose.items()
    ]


def _folder_student(told: Named | None, child: Path, below: Path) -> Student:
    if told is not None and told.layout == "moodle":
        return Student(shown_name(told.who), child, below, told.id, told.layout)
    return Student(shown_name(child.name), child, below)


def _merged(students: list[Student]) -> list[Student]:
    """One student for what one person handed in by several downloads; namesakes are told apart by id.

    Canvas has a number for a person. Moodle has another one in each assignment, so there the name has to do,
    where one download has it once.
    """
    there = Counter((each.below, each.name) for each in students)
    people: dict[tuple[object, ...], list[Student]] = {}
    for number, student in enumerate(students):
        person: tuple[object, ...] = (number,)
        if student.layout == "canvas":
            person = (student.layout, student.name, student.id)
        elif student.layout and there[student.below, student.name] == 1:
            person = (student.layout, student.name)
        same = people.setdefault(person, [])
        if any(student.below == each.below for each in same):  # one folder named twice: told later on
            same = people.setdefault((number,), [])
        same.append(student)
    merged = [replace(first, more=tuple(rest)) for first, *rest in people.values()]
    names = Counter(student.name for student in merged)
    return [
        replace(each, name=f"{each.name} ({each.id})") if each.id and names[each.name] > 1 else each
        for each in merged
    ]


# -- a class's archive --------------------------------------------------------------------------


def _unpack(path: Path, folder: Path) -> list[LeftOut]:
    """Write the members of a class's archive that may count into a new folder; gives those that may not.

    Raises:
        SubmissionError: if it cannot be read.
    """
    folder.mkdir(parents=True)
    left: list[LeftOut] = []
    try:
        with path.open("rb") as file:
            for member, get in archive.walk(file, archive.LARGEST_ARCHIVE, archive.CLASS_BOUNDS):
                if any(part.startswith((".", "__")) for part in member.parts) or not _counts(member.name):
                    continue
                reason = member.trouble
                if not reason and _may_be_answer(member.name) and member.size > LARGEST_FILE:
                    reason = f"has {member.size:,} bytes; at most {LARGEST_FILE:,} are read"
                if not reason:
                    reason = _write_new(folder.joinpath(*member.parts), get())
                if reason:
                    left.append(LeftOut("", clean(member.name, 200), reason))
    except OSError as error:
        raise _bad_class(path, error.strerror or type(error).__name__) from None
    except BadArchive as error:
        raise _bad_class(path, str(error)) from None
    return left


def _counts(name: str) -> bool:
    return _may_be_answer(name) or is_archive(Path(name)) or name.rsplit("/", 1)[-1] == TIMESTAMP


def _write_new(path: Path, data: bytes) -> str:
    """Write a file that is not there yet; gives the reason where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
        os.utime(path, (UNKNOWN_TIME, UNKNOWN_TIME))
    except FileExistsError:
        return "is in the archive twice"
    except (NotADirectoryError, ValueError):
        return "has the name of a folder that is there too"
    except OSError as error:
        if error.errno in (36, 84):  # too long, or no name here
            return f"cannot be written here ({error.strerror})"
        raise
    return ""


def _only_folder(course: Course, folder: Path) -> Path:
    """The one folder at the top of a class's archive, if that is all there is and is no student's own."""
    children = list(folder.iterdir())
    if len(children) == 1 and children[0].is_dir() and not named(children[0].name, course.exercises):
        inner = children[0]
        if not _is_student(course, inner) and any(child.is_dir() for child in inner.iterdir()):
            return inner
        if any(named(child.name, course.exercises) for child in inner.iterdir()):
            return inner
    return folder


def _bad_class(path: Path, reason: str) -> SubmissionError:
    return SubmissionError(
        f"{path} cannot be read.",
        cause=reason[:1].upper() + reason[1:] + ".",
        evidence=[str(path)],
        next_step="Download it again, or unpack it yourself and give the folder.",
    )


# -- files and names ----------------------------------------------------------------------------


def shown_name(name: str) -> str:
    """A student's name as it is shown, and as folders and files of a grading are named by it.

    Cleaning makes a name longer, and a file's name may have 255 bytes; one that is too long ends in a hash.
    """
    cleaned = clean(name).replace("\n", "\\n").replace("\t", "\\t")
    data = os.fsencode(cleaned)
    if len(data) <= LONGEST_NAME:
        return cleaned
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:12]
    return f"{data[: LONGEST_NAME - 16].decode('utf-8', 'ignore')}…{digest}"


def _found(path: Path, exercise: Exercise, below: Path) -> Source | None:
    try:
        return find_submission(path, exercise, below)
    except NotHandedIn:
        return None
    except SubmissionError:
        return Source(path, below)


def _loose_source(loose: Loose, exercise: Exercise, below: Path) -> Source | None:
    if loose.told.file == exercise.filename:
        return Source(loose.path, below)
    return _found(loose.path, exercise, below) if is_archive(loose.path) else None


def _why_left(loose: Loose, kept: list[Loose], course: Course) -> str:
    newer = [each for each in kept if each.told.file == loose.told.file]
    if newer:
        return f"handed in again: {clean(newer[0].path.name)} counts"
    return _why_strange(loose.told.file, course)


def _age(loose: Loose) -> tuple[int, int, bool]:
    """Grows with the time at which a file was handed in; one by itself goes before one in an archive."""
    return loose.told.number, loose.told.attempt, not is_archive(loose.path)


def _why_strange(name: str, course: Course) -> str:
    plain, attempt = first_name(name, course.exercises)
    filenames = [each.filename for each in course.exercises]
    if plain in filenames:
        return "in a folder too deep, or beside the one that counts" if not attempt else f"{plain} counts"
    near = difflib.get_close_matches(plain, filenames, n=1, cutoff=0.75)
    return "no exercise's file is called that" + (f"; {near[0]}?" if near else "")


def _noted_time(path: Path) -> datetime | None:
    """What nbgrader wrote into timestamp.txt: `2026-02-02 15:58:23.948203 UTC`, or with a zone's name."""
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST_TIMESTAMP:
            return None
        text = path.read_text("utf-8").strip()
        found = re.fullmatch(r"(\S+[ T]\S+?)(?: ([A-Za-z_/+-]+\d*))?", text)
        if found is None:
            return None
        when = datetime.fromisoformat(found[1])
        zone = UTC if found[2] in (None, "UTC") else zoneinfo.ZoneInfo(found[2])
        return when if when.tzinfo else when.replace(tzinfo=zone)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None


def _may_be_answer(name: str) -> bool:
    return any(suffix in name for suffix in ANSWERS)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.parts)


def _refuse_no_folder(path: Path) -> None:
    if path.is_dir() and os.access(path, os.R_OK | os.X_OK):
        return
    what = "does not exist"
    if path.exists():
        what = "cannot be read" if path.is_dir() else "is a file, not a folder"
    raise SubmissionError(
        f"{path} {what}.",
        cause="`chefs grade` takes folders and archives: a class, or a student's own.",
        evidence=[f"current folder: {Path.cwd()}"],
        next_step="Give the folder that has one folder a student. One file: `chefs check --submission FILE`.",
    )


def _is_student(course: Course, path: Path) -> bool:
    """Whether `path` is a student's own folder: it has an answer, and no folder in it has one."""
    own = {exercise.name for exercise in course.exercises}
    others = [child for child in path.iterdir() if child.is_dir() and child.name not in own]
    return _has_answer(course, path) and not any(_has_answer(course, child) for child in others)


def _has_answer(course: Course, path: Path) -> bool:
    try:
        names = {child.name for child in path.iterdir()}
    except OSError:
        return False
    return any(exercise.filename in names or exercise.name in names for exercise in course.exercises)


def _refuse_one_name_twice(students: list[Student]) -> None:
    """Names that a gradebook or a file system may take for the same: marks must not be mixed up."""
    seen: dict[str, Student] = {}
    for student in students:
        key = unicodedata.normalize("NFC", student.name).casefold()
        if key in seen:
            raise SubmissionError(
                f"Two students are called {student.name!r}.",
                cause="Two folders or archives have one name (upper and lower case count as the same).",
                evidence=[str(seen[key].folder), str(student.folder)],
                next_step="Rename one of them, or grade them with different --out folders.",
            )
        seen[key] = student
