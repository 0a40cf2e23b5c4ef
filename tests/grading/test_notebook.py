"""The answer in a notebook: what its `%%writefile` cells would write, without running any of it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from manychefs.errors import SubmissionError
from manychefs.grading.notebook import BadNotebook, answer_in
from manychefs.grading.submission import LARGEST_FILE, copy_submission, find_submission

ANSWER = "def answer():\n    return 42\n"


def notebook(*cells: Any, **more: Any) -> bytes:
    body = [{"cell_type": "code", "source": each, "outputs": [], "metadata": {}} for each in cells]
    return json.dumps({"cells": body, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


@pytest.fixture
def exercise(tiny_course):
    return tiny_course("").exercise


@pytest.mark.parametrize(
    "cells",
    [
        [f"%%writefile tally.py\n{ANSWER}"],
        [["%%writefile tally.py\n", "def answer():\n", "    return 42"]],  # as nbformat saves it: lines
        ["import os", f"\n%%writefile ./tally.py  \n{ANSWER}", "check()"],
        [f"%%file 'tally.py'\n{ANSWER}"],
        ["%%writefile tally.py\nold = 1\n", f"%%writefile tally.py\n{ANSWER}"],
        ["%%writefile tally.py\ndef answer():\n", "%%writefile -a tally.py\n    return 42"],
        [f"%%writefile tally.py\n{ANSWER}", "%%writefile other.py\nx = 1", "%%bash\ntally.py"],
    ],
)
def test_it_is_what_running_the_cells_would_have_written(cells):
    assert answer_in(notebook(*cells), "tally.py") == ANSWER.encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no json", "no notebook"),
        (b"[" * 100_000, "no notebook"),
        (b'{"worksheets": []}', "no notebook"),
        (b'{"cells": [{"cell_type": "code", "source": {"a": 1}}]}', "no notebook"),
        (notebook(ANSWER), "no cell of it begins with `%%writefile tally.py`"),
        (notebook("%%writefile 'tally.py\nx"), "no cell"),
        (notebook(f"# mine\n%%writefile tally.py\n{ANSWER}"), "no cell"),  # IPython would not write it either
    ],
)
def test_what_is_no_answer_says_why(data, reason):
    with pytest.raises(BadNotebook, match=reason):
        answer_in(data, "tally.py")


@pytest.mark.parametrize("name", ["01_tally.ipynb", "tally.ipynb", "01_tally/01_tally.ipynb"])
def test_a_notebook_is_found_where_nbgrader_puts_it(exercise, tmp_path: Path, name):
    path = tmp_path / "ada" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(notebook(f"%%writefile tally.py\n{ANSWER}"))
    copy = copy_submission(find_submission(tmp_path / "ada", exercise), exercise, tmp_path)
    assert (copy.name, copy.read_text()) == ("tally.py", ANSWER)


def test_the_python_file_comes_before_a_notebook(exercise, tmp_path: Path):
    (tmp_path / "tally.py").write_text(ANSWER)
    (tmp_path / "tally.ipynb").write_bytes(b"")
    assert find_submission(tmp_path, exercise).path.name == "tally.py"


def test_a_notebook_in_an_archive(exercise, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr("ada/01_tally.ipynb", notebook(f"%%writefile tally.py\n{ANSWER}"))
    folder = tmp_path / "copied"
    folder.mkdir()
    assert copy_submission(tmp_path / "ada.zip", exercise, folder).read_text() == ANSWER


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (ANSWER, "no cell of it begins with"),
        ("%%writefile tally.py\n" + "#" * LARGEST_FILE, "more than 1,048,576"),
    ],
)
def test_a_notebook_that_cannot_be_graded_says_what_to_put_right(exercise, tmp_path: Path, cell, reason):
    (tmp_path / "tally.ipynb").write_bytes(notebook(cell))
    with pytest.raises(SubmissionError) as error:
        copy_submission(tmp_path, exercise, tmp_path)
    told = error.value.feedback
    assert reason in told.happened
    assert "%%writefile tally.py" in told.cause
    assert "hand it in again" in told.next_step
