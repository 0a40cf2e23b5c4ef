"""Who is who: a learning platform's own list of people, as it exports it, beside the names of a grading.

Platforms import marks by numbers and logins of their own, which the names of folders need not be. So a row of
the list is found for each student by any of its cells: the number in a download's names, a login, an
e-mail address, or the name, in whichever order and spelling the platform has it.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from manychefs.errors import ChefsError

LARGEST = 32 << 20  # bytes


@dataclass(slots=True)
class Roster:
    """A platform's list: the names of its columns, and its rows as it has them."""

    columns: list[str]
    rows: list[list[str]]
    _by_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            for cell in row:
                for name in _spellings(cell):
                    self._by_name[name].add(number)

    def find(self, names: Iterable[str]) -> int | None:
        """The number of the one row that one of `names` means; None if there is none, or more than one."""
        for name in names:
            found = self._by_name.get(_plain(name), set()) if name else set()
            if len(found) == 1:
                return next(iter(found))
        return None

    def cell(self, row: int, column: str) -> str:
        """What stands in a row under the name of a column; empty if there is no such column."""
        if column not in self.columns:
            return ""
        at = self.columns.index(column)
        return self.rows[row][at] if at < len(self.rows[row]) else ""


def read_roster(path: Path) -> Roster:
    """Read a platform's CSV file.

    Raises:
        ChefsError: if it cannot be read, or has no rows.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST).decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(row)]
        cause = "It has no line below that of the columns' names."
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        rows, cause = [], f"{type(error).__name__}: {error}"
    if len(rows) < 2:
        raise ChefsError(
            f"{path} is no list of people.",
            cause=cause,
            evidence=[f"--roster {path}"],
            next_step="Export the gradebook (Canvas) or the participants (Moodle) as CSV, and give that.",
        )
    return Roster(rows[0], rows[1:])


def _spellings(cell: str) -> set[str]:
    """The ways in which a cell may be named: `Lovelace, Ada` also as `Ada Lovelace`, an address by login."""
    names = {cell}
    if cell.count(",") == 1:
        last, first = cell.split(",")
        names.add(f"{first}{last}")
    if cell.count("@") == 1:
        names.add(cell.split("@")[0])
    if found := re.fullmatch(r"Participant (\d+)", cell):
        names.add(found[1])
    return {name for name in map(_plain, names) if name}


def _plain(text: str) -> str:
    """Letters and digits alone, as Canvas writes names into files."""
    text = unicodedata.normalize("NFC", text).casefold()
    return "".join(char for char in text if char.isalnum() or char in "@.")
