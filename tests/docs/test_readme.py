"""The commands that README.md and docs/ show exist, and those of README.md run.

A command is a line of a fenced `sh` block that begins with `python3 chefs.py` or `chefs`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
LAUNCHERS = ("python3 chefs.py", "chefs")
NOT_HERE = {
    "test": "runs these very tests",
    "grade": "grades the whole example class: tests/docs/test_example_class.py does that",
}


@dataclass(frozen=True)
class Shown:
    """A command as a page shows it."""

    page: str
    words: tuple[str, ...]

    @property
    def command(self) -> str:
        """Its command word: `check`; nothing for options alone."""
        return next((word for word in self.words if not word.startswith("-")), "")

    def __str__(self) -> str:
        return f"{self.page}: chefs {' '.join(self.words)}"


def fenced(text: str, language: str) -> list[str]:
    """The fenced blocks of this language."""
    return re.findall(rf"^```{language}\b[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def shown_in(text: str, page: str) -> list[Shown]:
    """The commands of a page, without prompts, comments, and what they are piped into."""
    found = []
    for block in fenced(text, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.strip().removeprefix("$ ")
            for launcher in LAUNCHERS:
                if command == launcher or command.startswith(f"{launcher} "):
                    words = shlex.split(command.removeprefix(launcher), comments=True)
                    stop = next((i for i, word in enumerate(words) if word in ("|", "&&", ";", ">")), None)
                    found.append(Shown(page, tuple(words[:stop])))
                    break
    return found


def pages() -> list[Path]:
    return [path for path in (REPO / "README.md", *sorted((REPO / "docs").glob("*.md"))) if path.is_file()]


SHOWN = [shown for path in pages() for shown in shown_in(path.read_text("utf-8"), path.name)]
IN_README = [shown for shown in SHOWN if shown.page == "README.md"]


def chefs(*words: str, cwd: Path = REPO) -> subprocess.CompletedProcess[str]:
    """Run `chefs …` as the launcher does once it has set up."""
    return subprocess.run(
        [sys.executable, "-m", "manychefs", *words],
        cwd=cwd,
        env=os.environ | {"COLUMNS": "100", "MANYCHEFS_COURSE": str(cwd)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands_are_found_as_pages_write_them() -> None:
    page = """
```sh
$ python3 chefs.py check 03  # look
chefs list | head -3
cd elsewhere
chefs
```
```python
chefs = 8
```
```sh
chefs grade \\
    'my class' --out grades && ls
chefsy no
```
"""
    assert [shown.words for shown in shown_in(page, "p")] == [
        ("check", "03"),
        ("list",),
        (),
        ("grade", "my class", "--out", "grades"),
    ]


def test_the_readme_shows_how_to_grade_and_how_to_check() -> None:
    assert {"grade", "check"} <= {shown.command for shown in IN_README}


@pytest.mark.parametrize("command", sorted({shown.command for shown in SHOWN} - {""}))
def test_each_command_that_is_shown_exists(command: str) -> None:
    done = chefs(command, "--help")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("shown", SHOWN, ids=str)
def test_each_option_that_is_shown_exists(shown: Shown) -> None:
    options = {word.partition("=")[0] for word in shown.words if word.startswith("--")}
    assert options <= offered(shown.command) | offered("")


@cache
def offered(command: str) -> set[str]:
    """The options that the help of a command names, or that of `chefs` itself."""
    words = [command] if command else []
    return set(re.findall(r"--[a-z-]+", chefs(*words, "--help").stdout))


@pytest.mark.slow
@pytest.mark.parametrize("shown", [shown for shown in IN_README if shown.command not in NOT_HERE], ids=str)
def test_each_command_of_the_readme_runs(shown: Shown, tmp_path: Path) -> None:
    """In a copy, because some write; red stubs end with 1, and a machine of one core with 3."""
    kitchen = tmp_path / "kitchen"
    kitchen.mkdir()
    shutil.copy(REPO / "course.toml", kitchen)
    for wing in ("exercises", "solutions", "graders", "examples"):
        shutil.copytree(REPO / wing, kitchen / wing)
    done = chefs(*shown.words, cwd=kitchen)
    assert done.returncode in (0, 1, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout


def test_links_between_pages_lead_somewhere() -> None:
    for path in pages():
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (path.parent / target).exists(), f"{path.name}: {target}"
