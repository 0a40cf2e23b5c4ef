"""A class at size: rate, memory and time of `chefs grade`, and what the harness itself costs.

    python benchmarks/grade.py [--students N] [--seed N] [--exercise NAME]… [--part 1.0] [--jobs N] [--tiny]

A class is made up by a seed: of each exercise right answers, known-wrong ones, hostile ones, late ones, and
some are missing. `chefs grade` grades it, and is looked at from outside while it does: its resident memory,
and how many reports there are. With --part less than 1 only that part of the submissions is graded, drawn by
the same seed, and the time for the whole is extrapolated exercise by exercise.

What a submission costs a core: wall-clock time x jobs / submissions; and, which a busy machine changes less,
the CPU time of everything that was started. The time in checks is the student's program with what each call
costs; what is beyond it is the harness: starting and ending a grader, taking the submission in, journal,
report. --tiny has a course of one check, of which the student's part is next to nothing: there all of it is
the harness.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil

from manychefs.course import Course, Exercise, find_course_root, load_course
from manychefs.speedup.cores import usable_cores

LOOK = 0.5  # seconds
SHARES = {"right": 0.55, "wrong": 0.30, "hostile": 0.03, "missing": 0.12}
LATE = 0.1  # of what is handed in
HOSTILE = (
    "import os\nos._exit(0)\n",
    "import sys\nsys.exit('all passed')\n",
    "print('\\x1b[2J' + 'full marks ' * 100_000)\n",
    "raise SystemExit(0)\n",
    "import signal, os\nos.kill(os.getpid(), signal.SIGKILL)\n",
)
TINY_GRADER = '''\
import pytest


@pytest.mark.check(points=1)
def test_doubles(student):
    """It doubles"""
    assert student.double(21) == 42
'''
TINY_COURSE = """\
title = "A tiny course"

[[exercise]]
number = 1
slug = "doubles"
title = "Double"
concept = "one thing"
minutes = 1
points = 1
start_methods = ["fork"]

[[exercise.tasks]]
title = "Double"
hints = ["a", "b", "c"]
"""
TINY_ANSWERS = {
    "right": ["def double(number):\n    return 2 * number\n"],
    "wrong": ["def double(number):\n    return number ** 2\n"],
    "hostile": ["import os\ndef double(number):\n    os._exit(0)\n"],
}


def tiny_course(folder: Path) -> Course:
    """A course of one exercise with one check."""
    for wing, name, text in (
        ("exercises", "doubles.py", "def double(number):\n    raise NotImplementedError('task 1: double')\n"),
        ("graders", "test_doubles.py", TINY_GRADER),
    ):
        (folder / wing / "01_doubles").mkdir(parents=True)
        (folder / wing / "01_doubles" / name).write_text(text, "utf-8")
    (folder / "course.toml").write_text(TINY_COURSE, "utf-8")
    return load_course(folder)


def answers(course: Course, exercise: Exercise, tiny: bool) -> dict[str, list[str]]:
    """The sources that there are of each kind."""
    if tiny:
        return TINY_ANSWERS
    folder = course.grader(exercise).parent
    right = [course.solution(exercise), *sorted((folder / "right").glob("*.py"))]
    wrong = course.wrong_answers(exercise)
    return {
        "right": [path.read_text("utf-8") for path in right],
        "wrong": [path.read_text("utf-8") for path in wrong] or [right[0].read_text("utf-8")],
        "hostile": list(HOSTILE),
    }


def make_class(
    course: Course, exercises: list[Exercise], students: int, part: float, seed: int, folder: Path, tiny: bool
) -> dict[str, tuple[int, int]]:
    """Write the submissions; for each exercise how many the class has, and how many of these are written."""
    chance = random.Random(seed)
    counts: dict[str, tuple[int, int]] = {}
    due = datetime(2027, 1, 31, 22, 59, tzinfo=UTC).timestamp()
    for exercise in exercises:
        known = answers(course, exercise, tiny)
        whole = written = 0
        for number in range(students):
            (kind,) = chance.choices(list(SHARES), list(SHARES.values()))
            source = chance.choice(known.get(kind, [""]))
            is_late, is_drawn = chance.random() < LATE, chance.random() < part
            if kind == "missing":
                continue
            whole += 1
            if not is_drawn:
                continue
            written += 1
            path = folder / f"student{number:04}" / exercise.filename
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(f"# student {number}\n{source}", "utf-8")
            came = due + (86_400 * chance.random() * 4 if is_late else -3600)
            os.utime(path, (came, came))
        counts[exercise.name] = (whole, written)
    return counts


def watched(command: list[str], reports: Path) -> Iterator[tuple[float, int, float]]:
    """Run the command; now and then the seconds since it began, its MiB of memory, and the reports so far."""
    began = time.monotonic()
    process = psutil.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        time.sleep(LOOK)
        try:
            memory = process.memory_info().rss / (1 << 20)
        except psutil.Error:
            break
        yield time.monotonic() - began, sum(1 for _ in reports.rglob("*.json")), memory
    code = process.wait()
    yield time.monotonic() - began, sum(1 for _ in reports.rglob("*.json")), 0.0
    if code not in (0, 3):
        raise SystemExit(f"chefs grade ended with {code}")


def main() -> None:
    """Make a class, grade it, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--exercise", action="append", default=[])
    parser.add_argument("--part", type=float, default=1.0)
    parser.add_argument("--jobs", type=int, default=usable_cores())
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="class-") as name:
        folder = Path(name)
        course = tiny_course(folder / "course") if options.tiny else load_course(find_course_root())
        exercises = course.select(options.exercise)
        counts = make_class(
            course, exercises, options.students, options.part, options.seed, folder / "class", options.tiny
        )
        out = folder / "out"
        command = [
            sys.executable,
            "-m",
            "manychefs",
            "--course",
            str(course.root),
            "grade",
            str(folder / "class"),
        ]
        looks = list(watched([*command, "--out", str(out), "--jobs", str(options.jobs)], out / "reports"))
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        report(counts, looks, out, options.jobs, used.ru_utime + used.ru_stime)
        again = list(watched([*command, "--out", str(out), "--jobs", str(options.jobs)], out / "reports"))
        print(f"again, nothing changed: {again[-1][0]:.1f} s")


def report(
    counts: dict[str, tuple[int, int]],
    looks: list[tuple[float, int, float]],
    out: Path,
    jobs: int,
    cpu: float,
) -> None:
    """Print rate, memory over time, the costs, and the time that the whole would take."""
    whole, graded = (sum(column) for column in zip(*counts.values(), strict=True))
    wall = looks[-1][0]
    print(f"{graded} of {whole} submissions in {wall:.0f} s, {jobs} at a time: {graded / wall:.2f} a second")
    memory = [(done, used) for _, done, used in looks if used]
    marks = [memory[min(len(memory) - 1, len(memory) * part // 4)] for part in range(1, 5)]
    print("memory of the grader: " + ", ".join(f"{used:.0f} MiB at {done}" for done, used in marks))
    seconds: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for path in (out / "reports").rglob("*.json"):
        body = json.loads(path.read_bytes())
        checks = sum(check["seconds"] for check in body["checks"])
        seconds[body["exercise"]].append((body["seconds"], checks))
    print(f"{'exercise':24} {'graded':>6} {'s each':>7} {'in checks':>9} {'beside':>7} {'whole, h':>8}")
    total = 0.0
    for name, each in sorted(seconds.items()):
        took, checks = (statistics.fmean(column) for column in zip(*each, strict=True))
        hours = took * counts[name][0] / jobs / 3600
        total += hours
        print(f"{name:24} {len(each):6} {took:7.2f} {checks:9.2f} {took - checks:7.2f} {hours:8.2f}")
    reported = sum(took for each in seconds.values() for took, _ in each)
    print(f"for the whole class: {total:.1f} h with {jobs} at a time")
    print(f"a submission a core: {wall * jobs / graded:.3f} s, of it {reported / graded:.3f} s in its grader")
    print(f"CPU time a submission: {cpu / graded:.3f} s, of all processes together")


if __name__ == "__main__":
    main()
