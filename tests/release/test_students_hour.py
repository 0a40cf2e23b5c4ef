"""A student's first hour, with what a student gets and nothing else: one command, a terminal, an editor.

The course is released to a folder and set up there with a bare python3; exercises 01 to 03 go from red to
green by editing their files. Key screens stand in the folder screens/, as a student sees them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from manychefs.sandbox import tree
from tests.terminal import PATIENCE, Terminal

REPO = Path(__file__).parents[2]
SCREENS = Path(__file__).with_name("screens")
BARE_PYTHON = Path("/usr/bin/python3")
SETTING_UP = 600.0  # seconds that the first start may take, over a slow network and beside others
NO_PIP = "nothing on this machine to install packages with"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not BARE_PYTHON.exists(), reason="no /usr/bin/python3"),
    pytest.mark.skipif(shutil.which("tmux", path="/usr/bin:/bin") is None, reason="needs tmux"),
]


def bare() -> dict[str, str]:
    """The environment of a machine with only python3; what says how to reach a package index stays."""
    dropped = ("COVERAGE_", "MANYCHEFS_", "VIRTUAL_ENV", "PYTHON", "TMUX", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"PATH": "/usr/bin:/bin", "VISUAL": "", "EDITOR": ""}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The real course as `chefs release --student` writes it."""
    folder = tmp_path / "course [1]"
    words = [sys.executable, "-m", "manychefs", "--course", str(REPO), "release", "--student", str(folder)]
    subprocess.run(words, check=True, capture_output=True)
    return folder


@pytest.fixture
def terminal(root: Path, own_tmpdir: Path) -> Iterator[Terminal]:
    """The one command, in a terminal, in that folder."""
    made = Terminal(f"{BARE_PYTHON} chefs.py", root, own_tmpdir / "tmux", bare())
    yield made
    made.close()


class Editor:
    """A student's editor on one exercise: code goes below the lines that say `# Task N`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.given = path.read_text("utf-8")

    def write(self, *tasks: str) -> None:
        """Fill in the tasks, from the first, and save."""
        text = self.given
        for number, code in enumerate(tasks, 1):
            found = re.search(rf"(?m)^( *)# Task {number}:.*\n( *raise NotImplementedError.*\n)", text)
            assert found is not None
            lines = "".join(f"{found[1]}{line}\n" for line in code.splitlines())
            text = text[: found.start(2)] + lines + text[found.end(2) :]
        draft = self.path.with_name(".draft")
        draft.write_text(text, "utf-8")
        draft.replace(self.path)


START = """\
chefs = [Process(target=cook, args=order) for order in orders]
for chef in chefs:
    chef.start()"""
JOIN = """\
for chef in chefs:
    chef.join()"""
CODES = "return [chef.exitcode for chef in chefs]"

SHARED = """\
share = len(numbers) // workers
with Pool(workers) as pool:
    return pool.map(square, numbers[: share * workers])"""
MAPPED = """\
with Pool(workers) as pool:
    return pool.map(square, numbers)"""

TALLY = """\
tally = Value("i", 0)
chefs = [Process(target=add_plates, args=(tally, increments)) for _ in range(processes)]
for chef in chefs:
    chef.start()
for chef in chefs:
    chef.join()"""
UNLOCKED = "tally.value += 1"
LOCKED = """\
with tally.get_lock():
    tally.value += 1"""
NUMBER = "return tally.value"


def test_01_to_03_from_red_to_green(root: Path, terminal: Terminal) -> None:
    set_up(terminal)
    folder = root / "exercises"

    # 01: red, a hint, half an answer, begun again, a whole one.
    first = Editor(folder / "01_start_and_join" / "start_and_join.py")
    terminal.sees("red at the start is as it should be")
    terminal.shows(SCREENS / "01_red.txt")
    terminal.press("s")
    terminal.sees("The solution of 01_start_and_join is shown once you have passed it.")
    terminal.press("h")
    terminal.shows(SCREENS / "01_hint.txt")
    terminal.press("l")
    terminal.sees("01 · Start all, then wait for all", "the lesson; l again or Escape")
    terminal.press("l")
    first.write(START, "", CODES)
    terminal.sees("▸✗ 01", "; h: a hint")
    scrolled_to(terminal, "returned [None, None]", "expected: [0, 0]", "Call join() on every process")
    terminal.press("x")
    terminal.sees("x again puts start_and_join.py back as it was; yours is kept")
    terminal.press("x")
    terminal.sees("put back; kept: .chefs/kept/01_start_and_join-", "cook_all is not written yet")
    assert first.path.read_text("utf-8") == first.given
    [kept] = (root / ".chefs" / "kept").iterdir()
    assert CODES in kept.read_text("utf-8")
    first.write(START, JOIN, CODES)
    terminal.sees("▸✓ 01", "1 of 18 passed", "done! n: the next exercise")
    terminal.shows(SCREENS / "01_green.txt")

    # Students get no solutions. Whoever is handed one later can look at it.
    terminal.press("s")
    terminal.sees("This release of the course has no solution of 01_start_and_join.")
    shutil.copytree(REPO / "solutions" / "01_start_and_join", root / "solutions" / "01_start_and_join")
    terminal.press("s")
    terminal.shows(SCREENS / "01_solution.txt")
    terminal.press("Escape")
    terminal.sees("done! n: the next exercise", "12 of 12 points")

    # 02: what is left when the numbers are divided by the workers is lost.
    terminal.press("n")
    terminal.sees("▸· 02", "square_all is not written yet", "red at the start is as it should be")
    second = Editor(folder / "02_pool_map" / "pool_map.py")
    second.write(SHARED)
    terminal.sees("▸✗ 02", "; h: a hint")
    terminal.shows(SCREENS / "02_wrong.txt")
    second.write(MAPPED)
    terminal.sees("▸✓ 02", "2 of 18 passed", "done! n: the next exercise")

    # 03: a lost update, step by step.
    terminal.press("n")
    terminal.sees("▸· 03", "count_up is not written yet", "red at the start is as it should be")
    third = Editor(folder / "03_shared_counter" / "shared_counter.py")
    third.write(TALLY, UNLOCKED, NUMBER)
    terminal.sees("▸✗ 03", "; h: a hint")
    found = scrolled_to(terminal, "No order of steps loses an update", "A lost update: two processes")
    assert re.search(r"Next +Hold the tally's own lock", found)
    scrolled_to(terminal, "main", "p1", "p2", "reads 0", "writes 1")
    third.write(TALLY, LOCKED, NUMBER)
    terminal.sees("▸✓ 03", "3 of 18 passed", "done! n: the next exercise")
    terminal.shows(SCREENS / "03_green.txt")

    terminal.press("q")
    terminal.sees("ended with 0")
    assert "Traceback" not in terminal.screen()
    assert tree.descendants(terminal.pid()) == []

    # What was done in the view is there for the commands, without a word of set-up.
    progress = chefs(root, "progress")
    assert (progress.returncode, progress.stderr) == (0, "")
    assert "3 of 18" in progress.stdout
    again = chefs(root, "check", "03")
    assert (again.returncode, again.stderr) == (0, ""), again.stdout
    assert "11 of 11 points" in again.stdout


def set_up(terminal: Terminal) -> None:
    """Wait for the first start to have set up all that is needed, and for the view."""
    steps = ("Setting up Many Chefs in .venv (once", "making a virtual environment", "downloading and")
    until = time.monotonic() + SETTING_UP
    terminal.sees(*steps, patience=SETTING_UP)
    while "Start all, then wait for all" not in (shown := terminal.screen()):
        if NO_PIP in shown:
            pytest.skip("this machine has no pip at all beside the one in ensurepip")
        assert "ended with" not in shown, shown
        assert time.monotonic() < until, shown
        time.sleep(0.1)


def scrolled_to(terminal: Terminal, *texts: str) -> str:
    """Go down line by line until all of these stand on the screen; gives it."""
    shown = terminal.screen()
    while not all(text in shown for text in texts):
        before = shown
        terminal.press("Down")
        until = time.monotonic() + PATIENCE
        while (shown := terminal.screen()) == before:
            assert time.monotonic() < until, f"not found down to the end: {texts}\n{shown}"
            time.sleep(0.01)
    return shown


def chefs(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in the student's folder."""
    command = [str(BARE_PYTHON), "chefs.py", *words]
    return subprocess.run(command, cwd=root, env=bare(), capture_output=True, text=True, check=False)
