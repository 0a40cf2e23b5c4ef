"""Notices that a student's file was saved, however an editor goes about it.

Editors write into the file, or write another one and rename it, so it is the folders that are watched. Where
the system tells of no changes (some network folders), the files are looked at once a second.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from watchfiles import watch

from manychefs.course import Course, Exercise
from manychefs.errors import CourseError

DEBOUNCE = 200  # milliseconds at most in which changes are gathered: one save is several of them
STEP = 20  # milliseconds without a change after which a save is over
LOOK = 1000  # milliseconds between two looks at the files


class Saves:
    """The saves of a course's exercises. What counts is what stands in a file from when this was made on.

    Raises:
        CourseError: if there is no folder exercises/.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._folder = course.root / "exercises"
        if not self._folder.is_dir():
            raise CourseError(
                "There are no exercises to watch.",
                cause="The folder exercises/ is missing.",
                evidence=[f"looked for {self._folder}"],
                next_step="Get the folder back from where you got the course.",
            )
        self._stamps = {each.name: _stamp(course.stub(each)) for each in course.exercises}
        self._contents = {each.name: _contents(course.stub(each)) for each in course.exercises}

    def until(self, stop: threading.Event) -> Iterator[Exercise]:
        """Yield each exercise whose file has another content than before, until `stop` is set.

        A file that is away for a moment, as while an editor renames, has not changed.
        """
        names = {each.filename for each in self._course.exercises}
        for _ in watch(
            self._folder,
            watch_filter=lambda _change, name: Path(name).name in names,
            debounce=DEBOUNCE,
            step=STEP,
            stop_event=stop,
            rust_timeout=LOOK,
            yield_on_timeout=True,
        ):
            yield from self._changed()

    def _changed(self) -> Iterator[Exercise]:
        for exercise in self._course.exercises:
            path = self._course.stub(exercise)
            stamp = _stamp(path)
            if stamp is None or stamp == self._stamps[exercise.name]:
                continue
            self._stamps[exercise.name] = stamp
            contents = _contents(path)
            if contents is not None and contents != self._contents[exercise.name]:
                self._contents[exercise.name] = contents
                yield exercise


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What a save changes, to be had without reading the file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _contents(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
