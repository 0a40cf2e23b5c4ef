"""docs/instructors.md: its commands are run in their order, and say what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from manychefs.course import load_course

REPO = Path(__file__).parents[2]
PAGE = (REPO / "docs" / "instructors.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(sh|text)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_term_of_the_page_goes_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(REPO / "examples")
    said = ""
    for language, text in BLOCKS:
        if language == "text":
            for line in text.splitlines():
                assert line in said, f"{line!r} is not in:\n{said}"
            continue
        said = ""
        for command in text.splitlines():
            words = shlex.split(command.removeprefix("python3 chefs.py"))
            if "grades-new" in words and "grade" in words:
                # Begun with what the first grading has got: another run takes as long, and a busy machine
                # may see something else in it.
                shutil.copytree(tmp_path / "grades", tmp_path / "grades-new")
            done = subprocess.run(
                [sys.executable, "-m", "manychefs", *words],
                cwd=tmp_path,
                env=os.environ | {"MANYCHEFS_COURSE": str(REPO), "COLUMNS": "200"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            said += done.stdout
    for name in re.findall(r"^\| `([^`]*)`(?:, `([^`]*)`)? \| (?:a|who|what|all)", PAGE, re.MULTILINE):
        for each in filter(None, name):
            if "STUDENT" not in each and "/" not in each.rstrip("/") and "." in each:
                assert (tmp_path / "grades" / each).exists(), each
    for name in ("canvas.csv", "moodle.csv", "class.xml", "autograder.zip", "handout/chefs.py"):
        assert (tmp_path / name).is_file()


def test_the_policy_that_the_page_shows_is_one(tmp_path: Path) -> None:
    """Put into the real course.toml, it is understood."""
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    policy, _, entry = block.partition("[[exercise]]")
    (due,) = re.findall(r"^due = .*$", entry, re.MULTILINE)
    text = (REPO / "course.toml").read_text("utf-8")
    text = text.replace("[[exercise]]", f"{policy}[[exercise]]", 1).replace(
        "number = 3\n", f"number = 3\n{due}\n"
    )
    (tmp_path / "course.toml").write_text(text)
    course = load_course(tmp_path)
    assert course.late is not None
    assert (course.late.grace_minutes, course.late.per_day, course.late.at_most) == (15, 0.1, 0.5)
    assert course.find("03").due is not None
