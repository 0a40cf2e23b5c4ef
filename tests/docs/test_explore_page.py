"""The example of docs/explore.md: its commands are run on its program, and say what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "explore.md").read_text("utf-8")
SECONDS = re.compile(r"\d+\.\d s,")


def block(language: str, number: int = 0) -> str:
    """The fenced block of this language, by its number."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[number]


def run(command: str, folder: Path) -> tuple[int, str]:
    """Run a command of the page: its exit code and what it says, without the seconds it took."""
    words = shlex.split(command)
    assert words[0] == "chefs"
    dropped = ("FORCE_COLOR", "NO_COLOR", "LINES")
    done = subprocess.run(
        [sys.executable, "-m", "manychefs", *words[1:]],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if name not in dropped} | {"COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, comparable(done.stdout)


def comparable(text: str) -> str:
    return SECONDS.sub("… s,", "\n".join(line.rstrip() for line in text.strip().splitlines()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tally.py").write_text(block("python"))
    return tmp_path


def test_the_example_says_what_the_page_shows_and_replays(folder: Path) -> None:
    code, text = run(block("sh"), folder)
    assert text == comparable(block("text"))
    assert code == 1
    code, text = run(block("sh", 1), folder)
    assert text.startswith("✗ a wrong result, as recorded")
    assert code == 1


@pytest.mark.slow
def test_the_mended_example_makes_the_claim_of_the_page(folder: Path) -> None:
    mended = block("python").replace(
        "        tally.value += 1\n", "        with tally.get_lock():\n            tally.value += 1\n"
    )
    (folder / "tally.py").write_text(mended)
    code, text = run(block("sh"), folder)
    claim = text.splitlines()[0].removeprefix("✓ ")
    assert f"`{claim}`" in PAGE
    assert code == 0
