"""A class at size: rate, memory and time of `chefs grade`, and what the harness itself costs.

    python benchmarks/grade.py [--students N] [--seed N] [--exercise NAME]… [--part 1.0] [--full NAME]…
                               [--jobs N] [--seconds N] [--folder DIR] [--tiny]

A class is made up by a seed: of each exercise right answers, known-wrong ones, hostile ones, late ones, and
some are missing. `chefs grade` grades it, and is looked at from outside while it does: its resident memory,
and how many reports there are. With --part less than 1 only that part of an exercise's submissions is graded,
drawn by the same seed; the cheap exercises (--full; by default those that neither explore schedules nor
measure speedup, nor run a student's tests) are graded in full all the same. The time for the whole is
extrapolated exercise by exercise.

--seconds interrupts the grading after that time, as Ctrl-C does. With --folder DIR class and reports stay
there, and the same command takes up where the last one has stopped: what was graded stands. A larger --part
has all submissions of a smaller one.

    python benchmarks/grade.py --students 1000 --part 0.02 --folder /var/tmp/class --seconds 3600

What a submission costs a core: wall-clock time x cores / submissions; and, which a busy machine changes less,
the CPU time of everything that was started. The time in checks is the student's program with what each call
costs; what is beyond it is the harness: starting and ending a grader, taking the submission in, journal,
report. --tiny has a course of one check, of which the student's part is next to nothing: there all of it is
the harness.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil

from manychefs.batch.run import usual_slots
from manychefs.course import Course, Exercise, find_course_root, load_course
from manychefs.speedup.cores import usable_cores

LOOK = 0.5  # seconds
THEIR_TESTS = ("test_the_counter",)
SHARES = {"right": 0.55, "wrong": 0.30, "hostile": 0.03, "missing": 0.12}
INTERRUPTED = 130  # exit status
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


Kinds = dict[tuple[str, str], str]
"""Of which kind a student's answer to an exercise is, by both names."""


def make_class(
    course: Course,
    exercises: list[Exercise],
    students: int,
    part: dict[str, float],
    seed: int,
    folder: Path,
    tiny: bool,
) -> tuple[dict[str, tuple[int, int]], Kinds]:
    """Write the submissions; for each exercise how many the class has, and how many of these are written;
    and of which kind each one is.

    Args:
        part: of an exercise's submissions, by its name, which is written.
    """
    chance = random.Random(seed)
    counts: dict[str, tuple[int, int]] = {}
    kinds: Kinds = {}
    due = datetime(2027, 1, 31, 22, 59, tzinfo=UTC).timestamp()
    for exercise in exercises:
        known = answers(course, exercise, tiny)
        whole = written = 0
        for number in range(students):
            (kind,) = chance.choices(list(SHARES), list(SHARES.values()))
            source = chance.choice(known.get(kind, [""]))
            is_late, is_drawn = chance.random() < LATE, chance.random() < part[exercise.name]
            days_late = chance.random() * 4
            if kind == "missing":
                continue
            whole += 1
            if not is_drawn:
                continue
            written += 1
            path = folder / f"student{number:04}" / exercise.filename
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(f"# student {number}\n{source}", "utf-8")
            kinds[path.parent.name, exercise.name] = kind
            came = due + (86_400 * days_late if is_late else -3600)
            os.utime(path, (came, came))
        counts[exercise.name] = (whole, written)
    return counts, kinds


def is_cheap(exercise: Exercise) -> bool:
    """Whether its grading neither explores nor measures, nor runs a student's tests."""
    return not exercise.schedules and exercise.required_speedup is None and exercise.slug not in THEIR_TESTS


Look = tuple[float, int, float]
"""Seconds since the grading began, reports by then, and its MiB of memory (0 once it has ended)."""


def watched(command: list[str], reports: Path, seconds: float) -> Iterator[Look]:
    """Run the command, for so many seconds at most, and look at it now and then."""
    began, until = time.monotonic(), time.monotonic() + seconds
    process = psutil.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            time.sleep(LOOK)
            with contextlib.suppress(psutil.Error):
                memory = process.memory_info().rss / (1 << 20)
                yield time.monotonic() - began, count(reports), memory
            if time.monotonic() > until:
                until = float("inf")
                process.send_signal(signal.SIGINT)
    finally:
        with contextlib.suppress(psutil.Error):
            process.terminate()
        code = process.wait()
    yield time.monotonic() - began, count(reports), 0.0
    if code not in (0, 3, INTERRUPTED):
        raise SystemExit(f"chefs grade ended with {code}")


def count(reports: Path) -> int:
    """How many submissions have been graded."""
    return sum(1 for _ in reports.rglob("*.json"))


def main() -> None:
    """Make a class, grade it, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--exercise", action="append", default=[])
    parser.add_argument("--part", type=float, default=1.0)
    parser.add_argument("--full", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=usual_slots())
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="class-")))
        graded(options, folder.absolute())


def graded(options: argparse.Namespace, folder: Path) -> None:
    """Make the class in a folder, or find it there; grade it, or go on with that; print what it took."""
    if not options.tiny:
        course = load_course(find_course_root())
    elif (folder / "course" / "course.toml").exists():
        course = load_course(folder / "course")
    else:
        course = tiny_course(folder / "course")
    exercises = course.select(options.exercise)
    full = {
        each.name for each in (course.select(options.full) if options.full else filter(is_cheap, exercises))
    }
    counts, kinds = make_class(
        course,
        exercises,
        options.students,
        {each.name: 1.0 if each.name in full else options.part for each in exercises},
        options.seed,
        folder / "class",
        options.tiny,
    )
    out = folder / "out"
    before = count(out / "reports")
    command = [
        sys.executable,
        "-m",
        "manychefs",
        "--course",
        str(course.root),
        "grade",
        str(folder / "class"),
    ]
    command += ["--out", str(out), "--jobs", str(options.jobs)]
    looks = list(watched(command, out / "reports", options.seconds))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    report(counts, before, looks, out, options.jobs, used.ru_utime + used.ru_stime)
    print(marks(kinds, out))
    if looks[-1][1] == sum(written for _, written in counts.values()):
        again = list(watched(command, out / "reports", float("inf")))
        print(f"again, nothing changed: {again[-1][0]:.1f} s")


def report(
    counts: dict[str, tuple[int, int]], before: int, looks: list[Look], out: Path, jobs: int, cpu: float
) -> None:
    """Print rate, memory over time, the costs, and the time that the whole would take.

    Args:
        before: reports that an earlier run of this benchmark had left.
    """
    whole, written = (sum(column) for column in zip(*counts.values(), strict=True))
    wall, there, _ = looks[-1]
    graded = there - before
    print(f"{whole} submissions in the class, {written} of them to be graded, {there} graded by now")
    print(f"{graded} in this run, in {wall:.0f} s, {jobs} at a time: {graded / wall:.2f} a second")
    memory = [(done, used) for _, done, used in looks if used]
    points = [memory[min(len(memory) - 1, len(memory) * part // 4)] for part in range(1, 5)] if memory else []
    print("memory of the grader: " + ", ".join(f"{used:.0f} MiB at {done}" for done, used in points))
    seconds: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for path in (out / "reports").rglob("*.json"):
        body = json.loads(path.read_bytes())
        checks = sum(check["seconds"] for check in body["checks"])
        seconds[body["exercise"]].append((body["seconds"], checks))
    print(
        f"{'exercise':24} {'whole':>6} {'drawn':>6} {'graded':>6} {'s each':>7} {'in checks':>9} {'hours':>7}"
    )
    total, unknown = 0.0, []
    for name, (of_all, drawn) in sorted(counts.items()):
        if not seconds[name]:
            unknown.append(name)
            print(f"{name:24} {of_all:6} {drawn:6} {0:6} {'-':>7} {'-':>9} {'-':>7}")
            continue
        took, checks = (statistics.fmean(column) for column in zip(*seconds[name], strict=True))
        hours = took * of_all / jobs / 3600
        total += hours
        print(f"{name:24} {of_all:6} {drawn:6} {len(seconds[name]):6} {took:7.2f} {checks:9.2f} {hours:7.2f}")
    beside = f", without {', '.join(unknown)}" if unknown else ""
    print(f"for the whole class: {total:.1f} h with {jobs} at a time{beside}")
    if graded:
        print(f"a submission a core: {wall * usable_cores() / graded:.3f} s")
        print(f"CPU time a submission: {cpu / graded:.3f} s, of all processes together")


def marks(kinds: Kinds, out: Path) -> str:
    """How many of each kind have full points, and how many speedups were left open."""
    full: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    left_open = 0
    for path in (out / "reports").rglob("*.json"):
        body = json.loads(path.read_bytes())
        kind = kinds.get((path.parent.name, body["exercise"]))
        if kind is None:
            continue
        verdicts = {check["verdict"] for check in body["checks"]}
        seen[kind] += 1
        full[kind] += verdicts == {"passed"}
        left_open += "inconclusive" in verdicts
    told = ", ".join(f"{full[kind]} of {seen[kind]} {kind} ones" for kind in SHARES if seen[kind])
    return f"with full points: {told}; something was left open in {left_open}"


if __name__ == "__main__":
    main()
