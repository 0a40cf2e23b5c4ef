"""A class whose grading is killed again and again gets the marks of one that is left in peace."""

from __future__ import annotations

import contextlib
import csv
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.batch.kept import Ended, Graded, read_journal
from manychefs.course import Course

HandIn = Callable[..., Path]

PATIENCE = 60.0  # seconds for what is bound to happen on however busy a machine
RIGHT = "def double(number):\n    return 2 * number\n"
ANSWERS = {
    "right": RIGHT,
    "wrong": "def double(number):\n    return number ** 2\n",
    "gone": "import os\ndef double(number):\n    os._exit(3)\n",
    "hangs": "def double(number):\n    while number:\n        pass\n    return 0\n",
    "broken": "def double(number:\n",
    "halves": "def halve(number):\n    return number // 2\n",
}


def start(course: Course, folder: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "manychefs", "--course", str(course.root), "grade", str(folder)]
    return subprocess.Popen(
        [*command, "--out", str(out), "--jobs", "2"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate(timeout=PATIENCE * 4)
    assert process.returncode == 0, said.decode()


def lines(out: Path) -> int:
    path = out / "journal"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def marks(out: Path) -> list[tuple[str, ...]]:
    """Who got what for which check; what a verdict says may name a process."""
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        kept = ("student", "exercise", "check", "verdict", "points", "max")
        return [tuple(row[name] for name in kept) for row in csv.DictReader(file)]


def look(out: Path, graded: set[str]) -> int:
    """See to it that no check has been run that had a verdict; gives how many verdicts the journal has.

    Each grading begins by leaving away from the journal what has a report by then, and nothing else.

    Args:
        graded: keys that had a report before the last grading; those that have one now are added.
    """
    told = [line for line, _ in read_journal(out / "journal")]
    ended = Counter((line.key, line.check.name) for line in told if isinstance(line, Ended))
    assert max(ended.values(), default=0) <= 1, "a check was run that had a verdict"
    assert not {key for key, _ in ended} & graded, "a submission was graded that had a report"
    graded |= {line.key for line in told if isinstance(line, Graded)}
    return len(ended)


def resumes(course: Course, hand_in: HandIn, room: Path, students: int, kills: list[int]) -> None:
    """Grade a class in peace, and once more with a SIGKILL each time the journal has so many more lines."""
    kinds = [kind for _, kind in zip(range(students), itertools.cycle(ANSWERS), strict=False)]
    files = {
        f"s{number:03}/{'halves' if kind == 'halves' else 'doubles'}.py": ANSWERS[kind]
        for number, kind in enumerate(kinds)
    }
    folder, calm, out = hand_in(files), room / "calm", room / "killed"
    finish(start(course, folder, calm))
    graded: set[str] = set()
    verdicts = 0
    for more in kills:
        process = start(course, folder, out)
        base, until = lines(out), time.monotonic() + PATIENCE
        while process.poll() is None and lines(out) < base + more and time.monotonic() < until:
            time.sleep(0.002)
        with contextlib.suppress(ProcessLookupError):  # it has graded the whole class already
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        verdicts += look(out, graded)
    assert verdicts  # it was killed in the middle of something
    finish(start(course, folder, out))
    look(out, graded)
    assert len(graded) == students
    assert marks(out) == marks(calm)
    assert not list(out.glob(".*"))


linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a kill's orphans are not ended")


@linux
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_several_points_it_resumes_to_the_same_marks_and_repeats_no_verdict(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    resumes(course, hand_in, tmp_path, 12, [1, 3, 6, 8, 13])


@linux
@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.timeout(3600)
def test_a_class_of_a_hundred_killed_at_twenty_random_points(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    chance = random.Random(20)
    resumes(course, hand_in, tmp_path, 100, [chance.randrange(1, 30) for _ in range(20)])
