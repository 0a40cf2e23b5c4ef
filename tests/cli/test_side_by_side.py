"""Several `chefs` measure at once on one machine: each gets the verdicts that it gets alone."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from manychefs.sandbox import tree
from manychefs.sandbox.scratch import remove_scratch_of
from manychefs.speedup.cores import usable_cores

REPO = Path(__file__).resolve().parents[2]
RIGHT = REPO / "solutions" / "04_factorials" / "factorials.py"
SERIAL = REPO / "graders" / "04_factorials" / "wrong" / "no_processes.py"
KIND = "speedup"

Start = Callable[..., "subprocess.Popen[str]"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the kernel keeps no books"),
    pytest.mark.skipif(usable_cores() < 2, reason="one core shows no speedup"),
]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a `chefs` on the kit's own course; what is still there at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str | Path) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "manychefs", *map(str, words)],
                cwd=REPO,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def check(start: Start, submission: Path) -> subprocess.Popen[str]:
    return start("check", "04", "--submission", submission, "--json")


def verdict(checking: subprocess.Popen[str]) -> str:
    """Of the one check that measures."""
    out, err = checking.communicate()
    assert checking.returncode in (0, 1, 3), err  # 3: it could not tell
    (found,) = json.loads(out)
    (told,) = [each["verdict"] for each in found["checks"] if each["kind"] == KIND]
    return str(told)


def grade(start: Start, tmp_path: Path) -> subprocess.Popen[str]:
    """A class of one right answer and a serial one."""
    for student, answer in (("ada", RIGHT), ("bob", SERIAL)):
        folder = tmp_path / "class" / student
        folder.mkdir(parents=True)
        (folder / "factorials.py").write_bytes(answer.read_bytes())
    return start("grade", tmp_path / "class", "--out", tmp_path / "out")


def marks(grading: subprocess.Popen[str], out: Path) -> dict[str, str]:
    """Who got which verdict on the check that measures."""
    _, err = grading.communicate()
    assert grading.returncode == 0, err
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row["verdict"] for row in csv.DictReader(file) if row["kind"] == KIND}


def test_two_checks_and_a_class_at_once_get_the_verdicts_of_each_alone(start: Start, tmp_path: Path) -> None:
    """Other tests may run beside this one: a machine too busy to tell is no verdict on anybody."""
    right, serial, whole = check(start, RIGHT), check(start, SERIAL), grade(start, tmp_path)
    of_right, of_serial = verdict(right), verdict(serial)
    of_class = marks(whole, tmp_path / "out")
    assert of_right in ("passed", "inconclusive")
    assert of_serial == "failed"
    assert of_class["ada"] in ("passed", "inconclusive")
    assert of_class["bob"] == "failed"


def test_who_is_killed_while_it_measures_lets_the_next_one_measure(start: Start, own_tmpdir: Path) -> None:
    both = check(start, SERIAL), check(start, SERIAL)
    killed = wait_for_who_measures(both, own_tmpdir)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    (other,) = set(both) - {killed}
    assert verdict(other) == "failed"
    remove_scratch_of(killed.pid)  # which a grading that begins later would have done


def wait_for_who_measures(checks: Iterable[subprocess.Popen[str]], folder: Path) -> subprocess.Popen[str]:
    """The first of them that has a core to itself, or one below it has."""
    while True:
        cores = {str(core.stat().st_ino) for core in folder.glob("manychefs-leases-*/core-*")}
        holders = {
            int(pid)
            for line in Path("/proc/locks").read_text().splitlines()
            for _, kind, _, how, pid, file, *_ in [line.split()]
            if (kind, how) == ("FLOCK", "WRITE") and file.rpartition(":")[2] in cores
        }
        for each in checks:
            if holders & {each.pid, *tree.descendants(each.pid)}:
                return each
            assert each.poll() is None, each.communicate()
        time.sleep(0.02)
