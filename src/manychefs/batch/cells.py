"""What a check is called, and looks like, as a grade cell of nbgrader."""

from __future__ import annotations

import re

from manychefs.report import Check, number

IMPORT = "from manychefs.outputs.inline import check"
"""What tells a grade cell of a check from those that an instructor has written."""

SOLUTION = "solution"
"""The name of the cell in which a notebook's answer stands."""


def cell_name(check: str) -> str:
    """The name of a check's grade cell: nbgrader's commands take letters, digits, `_` and `-` only."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", check)


def cell_source(exercise: str, check: Check) -> str:
    """The code of a check's grade cell. It shows the feedback; what is right and wrong stands elsewhere.

    Args:
        exercise: its full name, `03_shared_counter`.
    """
    points = f"{number(check.points)} point" + ("s" if check.points != 1 else "")
    about = points if check.kind == "correctness" else f"{points}, {check.kind}"
    return f"# {check.title} ({about})\n{IMPORT}\n\ncheck({exercise!r}, {check.name!r})"


def is_ours(source: str | None) -> bool:
    """Whether a grade cell with this code is that of a check."""
    return IMPORT in (source or "")
