"""Saves: noticed however an editor writes, once each, and only if something is new."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from manychefs.course import Course
from manychefs.errors import CourseError
from manychefs.watch.saves import Saves

Eventually = Callable[[Callable[[], object], str], None]


@pytest.fixture
def noticed(kitchen: Course) -> Iterator[list[str]]:
    """The names of the exercises whose saves were noticed, as they come."""
    stop, found = threading.Event(), list[str]()
    watched = Saves(kitchen)

    def collect() -> None:
        for each in watched.until(stop):
            found.append(each.name)

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    yield found
    stop.set()
    thread.join()


def test_each_way_of_saving_is_noticed_once(
    kitchen: Course, noticed: list[str], save: Callable[..., Path], eventually: Eventually
) -> None:
    first, second = (kitchen.stub(each) for each in kitchen.exercises)
    first.write_text("one = 1\n")
    eventually(lambda: noticed == ["01_doubles"], "a write is noticed")
    save("02", "two = 2\n")
    eventually(lambda: noticed == ["01_doubles", "02_halves"], "a rename is noticed")
    first.unlink()
    first.write_text("one = 1\n")  # the same again: nothing to notice
    second.unlink()
    second.write_text("three = 3\n")
    eventually(lambda: noticed[2:] == ["02_halves"], "a file made anew is noticed")


def test_what_was_saved_before_the_watching_begins_is_noticed_too(
    kitchen: Course, save: Callable[..., Path]
) -> None:
    watched = Saves(kitchen)
    save("02", "two = 2\n")
    assert next(watched.until(threading.Event())).name == "02_halves"


def test_without_exercises_there_is_nothing_to_watch(kitchen: Course) -> None:
    shutil.rmtree(kitchen.root / "exercises")
    with pytest.raises(CourseError, match="no exercises to watch"):
        Saves(kitchen)
