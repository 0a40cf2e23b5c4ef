"""What the names tell that learning platforms give to what students hand in.

Canvas   lovelaceada_12345_67890_tally.py    lovelaceada_LATE_12345_67890_tally-1.py
             anon_x7Kp2_67890_tally.py           where names are hidden
         name, (LATE,) number of the person, number of the file, the student's own name for the file;
         a file handed in again under one name gets -1, -2, …
Moodle   Ada Lovelace_4711_assignsubmission_file_/tally.py    Ada Lovelace_4711_assignsubmission_file_tally.py
         name, number of the participant (another one in each assignment)
flat     ada_tally.py    ada-03_tally.py    ada_homework.zip
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from manychefs.course import Exercise
from manychefs.grading.archive import SUFFIXES

Layout = Literal["canvas", "moodle", "flat"]

_CANVAS = re.compile(
    r"(?P<who>(?P<anonymous>anon)|.+?)_(?:(?P<late>LATE)_)?(?P<id>(?(anonymous)\w{5}|\d+))_(?P<number>\d+)_(?P<file>.+)"
)
_MOODLE = re.compile(
    r"(?P<who>.+)_(?P<id>\d+)_assignsubmission_(?P<what>file|onlinetext)_?(?P<file>.*)", re.DOTALL
)
_AGAIN = re.compile(r"(?P<stem>.+)-(?P<attempt>\d{1,3})(?P<suffix>(?:\.tar)?\.\w+)")


@dataclass(frozen=True, slots=True)
class Named:
    """What a name tells.

    who: the student, as the platform writes the name. id: the platform's number for the student, where it has
    one. file: the name that the student gave the file; empty for a folder. late: whether the platform calls
    it late. number: grows with time. attempt: how often a file of this name had been handed in before.
    """

    layout: Layout
    who: str
    id: str
    file: str
    late: bool = False
    number: int = 0
    attempt: int = 0
    is_text: bool = False


def named(name: str, exercises: list[Exercise]) -> Named | None:
    """What a file's or folder's name tells; None if it is in none of these layouts."""
    return _canvas(name, exercises) or _moodle(name, exercises) or _flat(name, exercises)


def _canvas(name: str, exercises: list[Exercise]) -> Named | None:
    found = _CANVAS.fullmatch(name)
    if found is None:
        return None
    who = f"anon_{found['id']}" if found["anonymous"] else found["who"]
    file, attempt = first_name(found["file"], exercises)
    return Named("canvas", who, found["id"], file, bool(found["late"]), int(found["number"]), attempt)


def _moodle(name: str, exercises: list[Exercise]) -> Named | None:
    found = _MOODLE.fullmatch(name)
    if found is None:
        return None
    file, attempt = first_name(found["file"], exercises)
    return Named(
        "moodle", found["who"], found["id"], file, attempt=attempt, is_text=found["what"] == "onlinetext"
    )


def _flat(name: str, exercises: list[Exercise]) -> Named | None:
    """`ada_tally.py`: the longest exercise's file that the name ends with, after a separator."""
    file, attempt = first_name(name, exercises)
    filenames = [form for each in exercises for form in (each.filename, f"{each.name}.py")]
    for filename in sorted(filenames, key=len, reverse=True):
        before = file.removesuffix(filename)
        if before != file and len(before) > 1 and before[-1] in "_-. ":
            return Named("flat", before[:-1], "", _own(filename, exercises), attempt=attempt)
    return None


def first_name(file: str, exercises: list[Exercise]) -> tuple[str, int]:
    """A file's name before it was handed in again, and how often it was: `tally-2.py` is `tally.py`, 2.

    Only where that gives a name that counts: an exercise's file, or an archive's.
    """
    found = _AGAIN.fullmatch(file)
    if found:
        plain = found["stem"] + found["suffix"]
        endings = (*SUFFIXES, *(each.filename for each in exercises))
        if plain.casefold().endswith(endings):
            return _own(plain, exercises), int(found["attempt"])
    return _own(file, exercises), 0


def _own(file: str, exercises: list[Exercise]) -> str:
    """The file's own name, where it is written with the exercise's number: `tally.py` for `03_tally.py`."""
    return next((each.filename for each in exercises if file == f"{each.name}.py"), file)
