"""What a release must not give away, and a search of a release for it.

Secret are the solutions, the checks in graders' `test_hidden.py`, and the known-wrong and other right
answers. A line of a solution that its author has told the students as well, in a stub, a lesson, a hint or a
visible grader, is none. Short lines are not looked for: `return results` stands in many programs.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from manychefs.course import Course
from manychefs.release.stubs import stub_of

SHORTEST = 24  # characters; every solution has lines as long as that


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that no byte of a release may hold, and where it comes from."""

    text: str
    source: Path


def secrets_of(course: Course) -> list[Secret]:
    """The lines and files that a release must not hold.

    Raises:
        CourseError: if an exercise has no solution to make its stub from.
    """
    told = "\n".join(_told(course))
    found = []
    for exercise in course.exercises:
        hidden = course.hidden_grader(exercise)
        for path in (course.solution(exercise), *([hidden] if hidden.is_file() else [])):
            lines = dict.fromkeys(line.strip() for line in _read(path).splitlines())
            found += [Secret(line, path) for line in lines if len(line) >= SHORTEST and line not in told]
        for path in course.known_answers(exercise):
            found.append(Secret(_read(path).strip(), path))
    return [secret for secret in found if secret.text]


def _told(course: Course) -> Iterator[str]:
    """What students are told on purpose."""
    yield _read(course.manifest)
    for exercise in course.exercises:
        yield stub_of(course, exercise)
        yield from (_read(path) for path in (course.lesson(exercise), course.grader(exercise)))


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def given_away(secrets: list[Secret], files: dict[str, bytes]) -> list[tuple[str, Secret]]:
    """Which secrets stand where: in a file of the release, or in a member of an archive among them."""
    return [
        (name, secret)
        for name, data in _unpacked(files)
        for secret in secrets
        if secret.text.encode() in data
    ]


def _unpacked(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file, and every member of those that are zip archives (a wheel is one), at any depth."""
    for name, data in files.items():
        yield name, data
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = {f"{name}: {each}": archive.read(each) for each in archive.namelist()}
            yield from _unpacked(members)
