"""A class's page and a page a student, written into the folder of a grading.

DIR/index.html  ──links──►  DIR/students/NAME.html
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from manychefs import files
from manychefs.course import Exercise
from manychefs.outputs.html.classes import Gathered, class_page
from manychefs.outputs.html.student import student_page
from manychefs.report import Entry, Report

LONGEST_NAME = 60  # characters of a student's name in a file's name
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # on Windows


def write_class(
    folder: Path,
    course: str,
    exercises: Sequence[Exercise],
    students: Iterable[tuple[str, Mapping[str, Entry]]],
) -> Path:
    """Write the pages of a class; returns the class's own.

    Args:
        folder: of the grading, as `chefs grade --out` names it.
        course: the course's title.
        students: each student's name, with what stands for each exercise. One is needed at a time.

    Raises:
        OutputError: if a page cannot be written.
    """
    gathered = Gathered(exercises)
    for student, entries in students:
        name = page_name(student)
        found = {exercise.name: entries.get(exercise.name) for exercise in exercises}
        reports = [entry for entry in found.values() if isinstance(entry, Report)]
        page = student_page(reports, course=course, student=student)
        files.write(folder / "students" / name, page.encode())
        gathered.add(student, found, f"students/{name}")
    files.write(folder / "index.html", class_page(gathered, course=course).encode())
    return folder / "index.html"


def page_name(student: str) -> str:
    """A file's name for a student: letters, digits, `-` and `_`, safe in an address as well.

    A name that is not so already gets a few digits of its hash, so that no two students share a page.
    """
    plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", plain).strip("_-")[:LONGEST_NAME]
    if safe == student and not RESERVED.match(safe):
        return f"{safe}.html"
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe or 'student'}-{digest}.html"
