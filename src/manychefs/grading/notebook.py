"""An answer in a Jupyter notebook: the code of its cell that begins with `%%writefile slug.py`.

    notebook ──► its code cells ──► those that write the exercise's file ──► what it would hold

Functions that are defined in a notebook itself cannot be found by processes that start afresh (spawn,
forkserver), so the answer is a file also there. Nothing is run to get at it: the notebook is read as data.
"""

from __future__ import annotations

import shlex

import msgspec

from manychefs.course import Exercise

LARGEST_NOTEBOOK = 16 << 20  # bytes; it also holds pictures and whatever else its cells have shown
SUFFIX = ".ipynb"
_MAGICS = ("%%writefile", "%%file")


class BadNotebook(Exception):
    """Why a notebook cannot be graded, to follow its name: `it is …`."""


class _Cell(msgspec.Struct):
    cell_type: str
    source: str | list[str] = ""

    def text(self) -> str:
        return self.source if isinstance(self.source, str) else "".join(self.source)


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


def is_notebook(name: str) -> bool:
    """Whether a file's name is that of a notebook."""
    return name.lower().endswith(SUFFIX)


def notebook_names(exercise: Exercise) -> tuple[str, ...]:
    """The names under which a notebook with the answer may be handed in."""
    return (f"{exercise.name}{SUFFIX}", f"{exercise.slug}{SUFFIX}")


def answer_in(data: bytes, filename: str) -> bytes:
    """What the file `filename` would hold, had all cells of the notebook been run from top to bottom.

    Raises:
        BadNotebook: if it is no notebook, or has no cell that writes that file.
    """
    try:
        notebook = msgspec.json.decode(data, type=_Notebook)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise BadNotebook("it is no notebook of nbformat 4") from None
    written: str | None = None
    for cell in notebook.cells:
        found = _written(cell, filename) if cell.cell_type == "code" else None
        if found is not None:
            body, appends = found
            written = (written or "") + body if appends else body
    if written is None:
        raise BadNotebook(f"no cell of it begins with `{_MAGICS[0]} {filename}`")
    return written.encode("utf-8", "replace")


def _written(cell: _Cell, filename: str) -> tuple[str, bool] | None:
    """What a cell writes to the file, and whether at its end; None if it writes another one or none."""
    first, _, body = cell.text().lstrip("\n\r \t").partition("\n")
    magic, _, rest = first.strip().partition(" ")
    if magic not in _MAGICS:
        return None
    try:
        words = shlex.split(rest)
    except ValueError:
        return None
    names = [word for word in words if not word.startswith("-")]
    if [name.replace("\\", "/").rpartition("/")[2] for name in names] != [filename]:
        return None
    return body if body.endswith("\n") else body + "\n", "-a" in words or "--append" in words
