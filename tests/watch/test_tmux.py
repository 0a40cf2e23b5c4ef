"""The whole hour in small, in a real terminal: tmux types, an editor's saves come in, the screen is read."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # an hour in small, on a machine that may be busy
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]


def opened(root: Path, socket: Path, **environment: str) -> Terminal:
    """`chefs` in a terminal, in a copy of the course."""
    dropped = ("MANYCHEFS_COURSE", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "TMUX", "VISUAL", "EDITOR")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return Terminal(f"{sys.executable} -m manychefs", root, socket, kept | environment)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the course, graded in little: it is the view that is tried here, and not the graders."""
    root = tmp_path / "course"
    root.mkdir()
    manifest = (ROOT / "course.toml").read_text("utf-8")
    manifest = re.sub(r"(?m)^start_methods = .*$", 'start_methods = ["fork"]', manifest)
    manifest = re.sub(r"(?m)^schedules = .*$", "schedules = 4", manifest)
    (root / "course.toml").write_text(manifest, "utf-8")
    for wing in ("exercises", "solutions", "graders"):
        shutil.copytree(ROOT / wing, root / wing, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture
def terminal(copy: Path, own_tmpdir: Path) -> Iterator[Terminal]:
    made = opened(copy, own_tmpdir / "tmux")
    yield made
    made.close()


def save(path: Path, text: str) -> None:
    draft = path.with_name(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(path)


WRONG = """\
    processes = [Process(target=cook, args=order) for order in orders]
    for process in processes:
        process.start()
    return [process.exitcode for process in processes]
"""


def test_exercise_01_from_red_to_green(copy: Path, terminal: Terminal) -> None:
    path = copy / "exercises" / "01_start_and_join" / "start_and_join.py"
    stub = path.read_text("utf-8")
    solution = (copy / "solutions" / "01_start_and_join" / "start_and_join.py").read_text("utf-8")

    shown = terminal.sees(
        "red at the start is as it should be", "✗   0/2  Every dish is served", "0 of 18 passed"
    )
    assert shown.splitlines()[1].startswith("▸· 01")
    assert shown.splitlines()[18].startswith(" · 18")
    assert re.search(r"n next p prev r run h hint l lesson s solution x reset o open q quit", shown)

    terminal.press("h")
    terminal.sees(
        "Hint 1 of 3 for task 1: Put every dish on the stove", "You need one Process for each order"
    )

    save(path, stub.replace("def cook_all(", "def cook_all("[:-1]))
    terminal.sees("start_and_join.py is not Python yet", "start_and_join.py:17:")

    # Up to the tasks as it was given out, then an answer that waits for nobody.
    head = stub[: stub.index("    # Task 1")]
    save(path, head + WRONG + stub[stub.index("\n\ndef main") :])
    terminal.sees("Call join() on every process", "▸✗ 01", "of 12 points; h: a hint")
    terminal.press("x")
    terminal.sees("x again puts start_and_join.py back")
    terminal.press("x")
    terminal.sees("cook_all is not written yet", "put back; kept: .chefs/kept/01_start_and_join-")
    assert path.read_text("utf-8") == stub
    (kept,) = (copy / ".chefs" / "kept").iterdir()
    assert WRONG in kept.read_text("utf-8")

    save(path, solution)
    terminal.sees("▸✓ 01", "1 of 18 passed", "✓   2/2  Every dish is served", "done! n: the next exercise")
    terminal.press("s")
    terminal.sees("The solution of 01_start_and_join, one of many right ones", "def cook_all(")
    terminal.press("n")
    terminal.sees("02_pool_map", "▸· 02")
    terminal.press("q")
    terminal.sees("ended with 0")
    assert "Traceback" not in terminal.screen()


def test_no_colour_is_shown_where_none_is_wanted(copy: Path, own_tmpdir: Path) -> None:
    terminal = opened(copy, own_tmpdir / "tmux", NO_COLOR="1")
    try:
        terminal.sees("red at the start is as it should be")
        codes = {
            code
            for found in re.findall(r"\x1b\[([\d;]*)m", terminal.screen(colours=True))
            for code in [found]
        }
        assert [code for code in codes if is_colour(code)] == []
        terminal.press("q")
        terminal.sees("ended with 0")
    finally:
        terminal.close()


def is_colour(code: str) -> bool:
    """Whether an escape sequence sets a colour other than a shade of grey."""
    numbers = [int(each) for each in code.split(";") if each]
    if numbers[:2] in ([38, 5], [48, 5]):
        return not (numbers[2] in (0, 7, 8, 15, 16, 231) or numbers[2] >= 232)
    if numbers[:2] in ([38, 2], [48, 2]):
        return len(set(numbers[2:5])) > 1
    return any(number in (*range(31, 37), *range(41, 47), *range(91, 97)) for number in numbers)
