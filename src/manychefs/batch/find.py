"""Finds the submissions of a class: a folder or an archive a student, in it a file an exercise.

class/                       class/                                       class/
  ada/shared_counter.py  or    ada/03_shared_counter/shared_counter.py or   ada.zip, ben/answers.tar.gz
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from manychefs.course import Course, Exercise
from manychefs.errors import NotHandedIn, SubmissionError
from manychefs.grading.archive import is_archive, stem
from manychefs.grading.submission import Source, archive_members, archives_in, find_submission
from manychefs.report import clean


@dataclass(frozen=True, slots=True)
class Student:
    """One student's folder, or archive. `name` is safe to show and to name a file by.

    below: the folder that the instructor named; no link is followed under it.
    """

    name: str
    folder: Path
    below: Path

    def submission(self, exercise: Exercise) -> Source | None:
        """Where the student's file for `exercise` is; None if there is none.

        An archive that cannot be read is given as it is: copying it says why.
        """
        try:
            return find_submission(self.folder, exercise, self.below)
        except NotHandedIn:
            return None
        except SubmissionError:
            return Source(self.folder, self.below)

    def strange_files(self, course: Course) -> list[str]:
        """Python files taken for no exercise (misnamed, `.py.txt`, in a folder too deep), safe to show."""
        picked = {self.submission(exercise) for exercise in course.exercises}
        return sorted(clean(name) for name, source in self._python_files() if source not in picked)

    def _python_files(self) -> Iterator[tuple[str, Source]]:
        """Every file with `.py` in its name: in the folder, at any depth, and in its archives."""
        archives = [self.folder]
        if self.folder.is_dir():
            archives = archives_in(self.folder)
            for path in self.folder.rglob("*"):
                name = path.relative_to(self.folder)
                if ".py" in path.name and not _is_hidden(name) and path not in archives:
                    yield str(name), Source(path, self.below)
        for path in archives:
            with contextlib.suppress(SubmissionError):
                for member in archive_members(Source(path, self.below)):
                    if ".py" in member.name:
                        yield f"{path.name}: {member.name}", Source(path, self.below, member.name)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.parts)


def find_students(course: Course, paths: list[Path]) -> list[Student]:
    """The students in these folders, sorted by name. A path may be a class or one student's folder.

    Raises:
        SubmissionError: if a path is missing or no folder, if there is nobody in it, or if two
            students have one name.
    """
    students: list[Student] = []
    for path in paths:
        _refuse_no_folder(path)
        if _is_student(course, path):
            students.append(Student(clean(path.resolve().name), path, path))
        else:
            students += [
                Student(clean(stem(child) if is_archive(child) else child.name), child, path)
                for child in path.iterdir()
                if (child.is_dir() or is_archive(child)) and not child.name.startswith((".", "__"))
            ]
    if not students:
        raise SubmissionError(
            "There is no submission to grade.",
            cause="The folder has no student's folder or archive in it.",
            evidence=[f"looked in {path}" for path in paths],
            next_step="Put one folder a student there, each with files such as "
            f"{course.exercises[0].filename}.",
        )
    _refuse_one_name_twice(students)
    return sorted(students, key=lambda student: student.name.casefold())


def _refuse_no_folder(path: Path) -> None:
    if path.is_dir():
        return
    what = "is a file, not a folder" if path.exists() else "does not exist"
    raise SubmissionError(
        f"{path} {what}.",
        cause="`chefs grade` takes folders: a class, or a student's own.",
        evidence=[f"current folder: {Path.cwd()}"],
        next_step="Give the folder that has one folder a student. One file: `chefs check --submission FILE`.",
    )


def _is_student(course: Course, path: Path) -> bool:
    """Whether `path` is a student's own folder: it has an answer, and no folder in it has one."""
    own = {exercise.name for exercise in course.exercises}
    others = [child for child in path.iterdir() if child.is_dir() and child.name not in own]
    return _has_answer(course, path) and not any(_has_answer(course, child) for child in others)


def _has_answer(course: Course, path: Path) -> bool:
    names = {child.name for child in path.iterdir()}
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
