"""Ctrl-C in the middle, and readers that go away: nothing is left running, nothing graded is lost."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from manychefs.report import Report

Start = Callable[..., subprocess.Popen[str]]

RIGHT = "def double(number):\n    return 2 * number\n"
PATIENCE = 30.0  # seconds for what is bound to happen on however busy a machine


@pytest.fixture(autouse=True)
def _unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Submissions leave files for these tests to find, which no wall would let them."""
    monkeypatch.setenv("MANYCHEFS_CONFINEMENT", "none")


def hanging(marker: Path) -> str:
    """An answer that never returns, nor do its processes; it makes a file when it has started them."""
    return (
        "import multiprocessing, pathlib, time\n"
        "def cook():\n"
        f"    pathlib.Path({str(marker)!r}).touch()\n"
        "    time.sleep(3600)\n"
        "def double(number):\n"
        "    chef = multiprocessing.Process(target=cook)\n"
        "    chef.start()\n"
        "    chef.join()\n"
    )


def wait_for(*paths: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not all(path.exists() for path in paths):
        assert time.monotonic() < until, f"none of these came: {paths}"
        time.sleep(0.01)


def interrupt(process: subprocess.Popen[str]) -> tuple[str, str, list[psutil.Process]]:
    """Ctrl-C; gives what was said, and the processes below it that outlived it."""
    below = psutil.Process(process.pid).children(recursive=True)
    assert len(below) >= 3  # a grader, a host, the call and what it started
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    return out, err, psutil.wait_procs(below, timeout=PATIENCE)[1]


def test_a_check_that_is_interrupted_leaves_nothing_running(start: Start, tmp_path: Path) -> None:
    (tmp_path / "doubles.py").write_text(hanging(tmp_path / "started"))
    process = start("check", "--submission", tmp_path / "doubles.py")
    wait_for(tmp_path / "started")
    _, err, alive = interrupt(process)
    assert alive == []
    assert process.returncode == 130
    assert "Interrupted" in err


def test_what_was_graded_before_an_interruption_is_on_disk(start: Start, tmp_path: Path) -> None:
    for name, source in (("ada", RIGHT), ("ben", hanging(tmp_path / "started"))):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "doubles.py").write_text(source)
    out = tmp_path / "grades"
    process = start("grade", tmp_path / "class", "--out", out, "--jobs", "2")
    wait_for(tmp_path / "started", out / "reports" / "ada" / "01_doubles.json")
    _, err, alive = interrupt(process)
    assert alive == []
    assert process.returncode == 130
    report = Report.from_json((out / "reports" / "ada" / "01_doubles.json").read_bytes())
    assert report.score == 10
    with (out / "grades.csv").open() as file:
        rows = {(row["student"], row["exercise"], row["verdict"]) for row in csv.DictReader(file)}
    assert ("ada", "01_doubles", "passed") in rows
    assert ("ben", "01_doubles", "waiting") in rows
    assert not (out / "reports" / "ben").exists()
    assert "Interrupted" in err
    assert "The same command again goes on from here." in err


def to_nobody(start: Start, *words: str | Path) -> tuple[int, str]:
    """Run a command whose output nobody reads: its exit code and what it says on stderr."""
    reader, writer = os.pipe()
    os.close(reader)
    process = start(*words, stdout=writer)
    os.close(writer)
    _, err = process.communicate()
    return process.returncode, err


@pytest.mark.parametrize("words", [["list"], ["list", "--json"], ["hint", "02"], ["--help"]], ids=" ".join)
def test_a_reader_that_has_gone_is_nobodys_mistake(start: Start, words: list[str]) -> None:
    code, err = to_nobody(start, *words)
    assert err == ""
    assert code == 0


@pytest.mark.parametrize("words", [["check", "02"], ["check", "02", "--json"]], ids=" ".join)
def test_a_check_that_nobody_reads_ends_without_a_traceback(start: Start, words: list[str]) -> None:
    _, err = to_nobody(start, *words)
    assert err == ""


def test_the_first_line_can_be_had_alone(start: Start) -> None:
    command = start("list")
    head = subprocess.run(["head", "-1"], stdin=command.stdout, capture_output=True, text=True, check=True)
    assert command.stdout is not None
    command.stdout.close()
    assert command.stderr is not None
    with command.stderr:
        assert command.stderr.read() == ""
    assert command.wait() == 0
    assert head.stdout.strip() == "A tiny course"
