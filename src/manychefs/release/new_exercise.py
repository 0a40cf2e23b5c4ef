"""A new exercise: the folders of the three wings and the entry in course.toml, from a template that works.

The template is a whole exercise of its own (a Pool that doubles numbers), so that an author changes what runs
instead of filling in what does not; what has to be changed says TODO, and `chefs validate` names each place.
"""

from __future__ import annotations

import keyword
import os
import re
import shutil
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from manychefs.course import MANIFEST, Course, load_course
from manychefs.errors import ChefsError, CourseError, OutputError
from manychefs.release.stubs import write_stub

HIGHEST = 99
_SLUG = re.compile(r"[a-z][a-z0-9_]*")


def create(course: Course, slug: str, number: int | None = None) -> list[Path]:
    """Write a new exercise into `course` and list it in course.toml.

    Args:
        slug: its name, of which its folders, its file and its grader are called.
        number: its place in the course (default: after the last one).

    Returns:
        what was written, course.toml last. All of it or, if something fails, nothing.

    Raises:
        ChefsError: if the slug is no name for a Python file, or slug, number or a folder are taken.
        OutputError: if something cannot be written.
    """
    number = number if number is not None else max(each.number for each in course.exercises) + 1
    _refuse(course, slug, number)
    name = f"{number:02}_{slug}"
    words = {"slug": slug, "number": str(number), "nn": f"{number:02}", "name": name}
    folders = [course.root / wing / name for wing in ("exercises", "solutions", "graders")]
    manifest = course.root / MANIFEST
    before = manifest.read_bytes()
    try:
        written = _write(course.root, name, slug, words)
        _replace(manifest, before.rstrip() + b"\n" + _filled(_template() / "entry.toml.txt", words).encode())
        renewed = load_course(course.root)
        exercise = renewed.find(name)
        write_stub(renewed, exercise)
        return [*written, renewed.stub(exercise), manifest]
    except BaseException as error:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        if manifest.read_bytes() != before:
            _replace(manifest, before)
        if isinstance(error, OSError):
            raise OutputError(
                f"The exercise {name} cannot be written.",
                cause=error.strerror or type(error).__name__,
                evidence=[str(error.filename)] if error.filename else [],
                next_step="Make room, or see to the permissions; nothing was changed.",
            ) from None
        raise


def _refuse(course: Course, slug: str, number: int) -> None:
    if not _SLUG.fullmatch(slug) or keyword.iskeyword(slug):
        raise ChefsError(
            f"{slug!r} is no name for an exercise.",
            cause="Its file is imported by this name: small letters, digits and underscores, a letter first.",
            next_step="Name it like shared_counter or small_tasks.",
        )
    for each in course.exercises:
        if slug == each.slug or number == each.number:
            what = f"the slug {slug!r}" if slug == each.slug else f"the number {number}"
            raise ChefsError(
                f"There is an exercise with {what} already.",
                cause="Each exercise has a slug and a number of its own.",
                evidence=[f"{each.name}: {each.title}"],
                next_step="Take another one; `chefs list` shows them all.",
            )
    if not 1 <= number <= HIGHEST:
        raise ChefsError(
            f"An exercise cannot have the number {number}.",
            cause=f"Numbers go from 1 to {HIGHEST}, because folders are called by two digits.",
            next_step="Name a number with --number.",
        )
    for wing in ("exercises", "solutions", "graders"):
        folder = course.root / wing / f"{number:02}_{slug}"
        if folder.exists():
            raise CourseError(
                f"{folder} is there already.",
                cause="It is a left-over of an exercise that course.toml does not list.",
                next_step="Move it away, or choose another slug.",
            )


def _write(root: Path, name: str, slug: str, words: dict[str, str]) -> list[Path]:
    template = _template()
    targets: dict[Path, Traversable] = {
        root / "exercises" / name / "README.md": template / "lesson.md.txt",
        root / "solutions" / name / f"{slug}.py": template / "solution.py.txt",
        root / "graders" / name / f"test_{slug}.py": template / "grader.py.txt",
    }
    for wrong in sorted((template / "wrong").iterdir(), key=lambda each: each.name):
        targets[root / "graders" / name / "wrong" / wrong.name.removesuffix(".txt")] = wrong
    for path, source in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(source, words), "utf-8")
    return list(targets)


def _template() -> Traversable:
    return resources.files("manychefs.release") / "template"


def _filled(source: Traversable, words: dict[str, str]) -> str:
    return Template(source.read_text("utf-8")).substitute(words)


def _replace(path: Path, data: bytes) -> None:
    """Write all of it or nothing: an interrupted write must not cost a course its manifest."""
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(data)
    os.replace(beside, path)
