"""`chefs watch --plain`: lines for each save, and an end by Ctrl-C that leaves nothing."""

from __future__ import annotations

import io
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from manychefs.course import Course
from manychefs.watch.checker import Checker
from manychefs.watch.plain import Lines

Start = Callable[..., subprocess.Popen[bytes]]
Save = Callable[..., Path]


def lines_to(process: subprocess.Popen[bytes], end: str) -> str:
    """What the command writes up to a line with `end` in it."""
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line.decode()
        if end in line.decode():
            return text
    raise AssertionError(f"it ended without {end!r}:\n{text}")


@pytest.mark.slow
def test_each_save_is_checked_until_all_is_done(
    kitchen: Course, start: Start, save: Save, answers: dict[str, str]
) -> None:
    process = start("watch", "--plain")
    text = lines_to(process, "Red at the start is as it should be")
    assert "01_doubles  The exercise that doubles" in text
    assert text.index("It is right") < text.index("Nothing is left behind")
    save("01", answers["no python"])
    text = lines_to(process, "the checks start by themselves")
    assert "doubles.py:1: expected ':'" in text
    save("01", answers["wrong"])
    assert "think again (task 2)" in lines_to(process, "of 7 points")
    save("01", answers["right"])
    text = lines_to(process, "Done. Next: 02_halves")
    assert "7 of 7 points" in text
    save("02", kitchen.solution(kitchen.find("02")).read_text())
    lines_to(process, "the whole course is done")
    save("01", answers["wrong"])
    lines_to(process, "of 7 points")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert b"nothing is left running" in err
    assert b"Traceback" not in err


def test_an_unchanged_file_shows_the_verdicts_from_then(
    kitchen: Course, save: Save, answers: dict[str, str]
) -> None:
    save("01", answers["wrong"])
    console = Console(file=io.StringIO(), width=80)
    checker = Checker(kitchen, Lines(kitchen, console).tell)
    for _ in range(2):
        checker.ask(kitchen.find("01"))
        checker.wait()
    checker.close()
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert text.count("think again (task 2)") == 2
    assert text.count("Nothing has changed since") == 1
