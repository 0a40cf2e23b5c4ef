"""How often a right answer is failed and a wrong one passed: `python benchmarks/speedup/verdicts.py FILE`.

    this ──► condition (hogs, one core, a quota) ──► trial: a process that grades one answer once ──► FILE

Trials go round all cells of answers by conditions, in shuffled order, until each has --trials of them. Each
appends a line of JSON to FILE, so an interrupted run is gone on with by the same command, and
`--trials 0` prints the table of what is there. Nothing else should run on the machine meanwhile: a trial
before which other programs used more than DISTURBED cores is not counted as "idle" but as "busy", and under
another condition as ", busy". With `--conditions busy` that is what is meant. "a grading" is a neighbour that
comes and goes: somebody else's measurements, one after another, that know nothing of ours. A quota needs a
cgroup that may be written to; it is left out where there is none.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import answers

CONDITIONS = ("idle", "one hog", "two hogs", "a grading", "one core", "quota 1.0")
DISTURBED = 0.3  # cores
LOOK = 0.5  # seconds in which other programs are looked at before a trial
HOG = "while True: pass"
NUMBERS = 8
STEPS = 200_000  # of work for each number, at size 1
OF_A_ROUND = ("speedup", "demand", "used", "balance", "excess", "control_inflation", "restlessness",
              "against_control", "control_speedup")  # fmt: skip
CGROUPS = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup"))


def main() -> int:
    """Run what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path, help="lines of JSON, one a trial")
    parser.add_argument("--trials", type=int, default=5, help="of each cell, those in FILE included")
    parser.add_argument("--answers", nargs="*", default=[*answers.RIGHT, *answers.WRONG])
    parser.add_argument("--conditions", nargs="*", default=list(CONDITIONS))
    parser.add_argument("--at-most", type=int, default=1 << 30, metavar="N", help="trials in this run")
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no trial after so long")
    parser.add_argument("--preview", action="store_true", help="measure as `chefs check` does")
    parser.add_argument("--one", metavar="ANSWER", help=argparse.SUPPRESS)
    parser.add_argument("--forever", metavar="ANSWER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.forever:
        while True:
            graded(options.forever, random.SystemRandom().randrange(1 << 30))
    if options.one:
        print(json.dumps(graded(options.one, random.SystemRandom().randrange(1 << 30), options.preview)))
        return 0
    until, done = time.monotonic() + options.seconds, 0
    for answer, condition in missing(options):
        if done >= options.at_most or time.monotonic() > until:
            break
        disturbed = is_disturbed()
        with under(condition) as possible:
            if possible:
                found = trial(answer, condition, options.preview)
                append(options.file, found | {"condition": named(condition, disturbed)})
                done += 1
    print(table(records(options.file)))
    return 0


def missing(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The cells that still need a trial, round after round, each round in an order of its own."""
    there = [(each["answer"], each["condition"]) for each in records(options.file)]
    for number in range(options.trials):
        cells = [(answer, condition) for answer in options.answers for condition in options.conditions]
        random.shuffle(cells)
        yield from (cell for cell in cells if there.count(cell) <= number)


def trial(answer: str, condition: str, preview: bool) -> dict[str, object]:
    """Grade one answer once, in a process of its own."""
    started = time.monotonic()
    load = Path("/proc/loadavg").read_text().split()[0] if Path("/proc/loadavg").exists() else ""
    command = [sys.executable, __file__, "-", "--one", answer, *(["--preview"] if preview else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=enter(condition))
    found = (
        json.loads(done.stdout) if done.returncode == 0 else {"verdict": "error", "why": done.stderr[-500:]}
    )
    whole = round(time.monotonic() - started, 2)
    return {"answer": answer, "condition": condition, "load": load, "whole": whole} | found


def is_disturbed() -> bool:
    """Whether other programs use the machine now."""
    from manychefs.speedup.load import ForeignLoad

    load = ForeignLoad()
    time.sleep(LOOK)
    return (load.cores() or 0.0) > DISTURBED


def named(condition: str, disturbed: bool) -> str:
    """The condition as it was."""
    if not disturbed or condition == "busy":
        return condition
    return "busy" if condition == "idle" else f"{condition}, busy"


# -- conditions -------------------------------------------------------------------------------


@contextlib.contextmanager
def under(condition: str) -> Iterator[bool]:
    """Neighbours run, or a group with a quota is there; whether this machine can do it."""
    from manychefs.sandbox.tree import die_with_parent as dies_with_us

    hogs = {"one hog": 1, "two hogs": 2}.get(condition, 0)
    running = [subprocess.Popen([sys.executable, "-c", HOG], preexec_fn=dies_with_us) for _ in range(hogs)]
    elsewhere = tempfile.mkdtemp()  # where the other grading keeps its leases
    if condition == "a grading":
        command = [sys.executable, __file__, "-", "--forever", next(iter(answers.RIGHT))]
        there = os.environ | {"TMPDIR": elsewhere}
        running.append(subprocess.Popen(command, env=there, preexec_fn=dies_with_us))
    group = quota_group() if condition.startswith("quota") else None
    try:
        yield group is not None or not condition.startswith("quota")
    finally:
        for hog in running:
            hog.terminate()
            hog.wait()
        shutil.rmtree(elsewhere, ignore_errors=True)
        until = time.monotonic() + 5
        while group is not None and group.is_dir() and time.monotonic() < until:
            with contextlib.suppress(OSError):  # what was in it may just be ending
                group.rmdir()


def enter(condition: str) -> object:
    """What a trial's process does before it begins."""

    def bind() -> None:
        if condition == "one core":
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        elif condition.startswith("quota"):
            group = next(root / "chefs-benchmark" for root in CGROUPS if (root / "chefs-benchmark").is_dir())
            (group / "cgroup.procs").write_text("0")

    return bind


def quota_group() -> Path | None:
    """A cgroup with a quota of one core; None where none can be made."""
    for root in CGROUPS:
        group = root / "chefs-benchmark"
        with contextlib.suppress(OSError):
            group.mkdir(exist_ok=True)
            if (group / "cpu.cfs_quota_us").exists():
                (group / "cpu.cfs_period_us").write_text("100000")
                (group / "cpu.cfs_quota_us").write_text("100000")
                return group
            (group / "cpu.max").write_text("100000 100000")
            return group
        with contextlib.suppress(OSError):
            group.rmdir()
    return None


# -- one trial --------------------------------------------------------------------------------


def serial(numbers: list[int]) -> list[int]:
    """The baseline."""
    from manychefs.speedup.inside.startup import spin

    return [spin(number) for number in numbers]


def numbers(pick: random.Random, size: float) -> list[int]:
    """Fresh input of even work."""
    return [round(STEPS * size) + pick.randrange(1000) for _ in range(NUMBERS)]


def graded(answer: str, seed: int, preview: bool = False) -> dict[str, object]:
    """The verdict on one answer, and its figures."""
    from manychefs.course import Exercise, Limits, Task
    from manychefs.grading.comparison import Speedup
    from manychefs.grading.outcome import CheckEnded, CheckFailed
    from manychefs.grading.student import Bench
    from manychefs.report import SpeedupMeasurement
    from manychefs.sandbox import choice, tree
    from manychefs.speedup import lease, measure

    tree.adopt_orphans()
    rounds: list[list[float]] = []
    take_round = measure.take_round

    def kept(*args: object) -> object:
        taken = take_round(*args)
        rounds.append([rounded(getattr(taken, name)) for name in OF_A_ROUND])
        return taken

    measure.take_round = kept  # for another rule to be tried on the same rounds
    exercise = Exercise(
        number=1, slug="answer", title="t", concept="c", minutes=1, points=1, start_methods=["fork"],
        limits=Limits(seconds=30, processes=256), tasks=[Task(title="t", hints=["a", "b", "c"])],
    )  # fmt: skip
    folder = Path(tempfile.mkdtemp())
    (folder / "answer.py").write_text(answers.source(answer))
    bench = Bench(exercise, folder / "answer.py", ["fork"], choice.layer(choice.choose()))
    bench.seed = seed
    speedup, verdict, why = Speedup(bench, preview), "passed", ""
    started = time.monotonic()
    try:
        with lease.hold(alone=True):
            started = time.monotonic()
            bench.begin_check(240)
            speedup.of("total", numbers).over(serial, numbers).at_least(1.5)
    except CheckEnded as ended:
        verdict = "failed" if isinstance(ended, CheckFailed) else "inconclusive"
        why = f"{ended.feedback.happened} {ended.feedback.cause}"
        speedup.measured = ended.evidence if isinstance(ended.evidence, SpeedupMeasurement) else None
    finally:
        took = round(time.monotonic() - started, 2)
        bench.close()
        shutil.rmtree(folder)
    found = {"verdict": verdict, "why": why, "seconds": took, "of_rounds": rounds}
    return found | figures(speedup.measured)


def figures(measured: object) -> dict[str, object]:
    """What a trial keeps of its measurement."""
    names = ("speedup", "low", "high", "parallelism", "demand", "balance", "inflation", "control_speedup",
             "foreign_load", "rounds", "attempts", "by_structure", "restlessness", "serial_seconds",
             "student_seconds", "startup_seconds", "cores", "required")  # fmt: skip
    return {name: rounded(getattr(measured, name)) for name in names} if measured is not None else {}


def rounded(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


# -- the table --------------------------------------------------------------------------------


def records(file: Path) -> list[dict[str, object]]:
    """The trials in a file."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def append(file: Path, record: dict[str, object]) -> None:
    """Write one trial as one line."""
    with file.open("a") as lines:
        lines.write(json.dumps(record) + "\n")
    print(record["condition"], record["answer"], record["verdict"], record.get("seconds"), flush=True)


def table(found: list[dict[str, object]]) -> str:
    """Answers by conditions as Markdown, with the bounds below."""
    there = {str(trial["condition"]) for trial in found}
    conditions = [each for each in CONDITIONS if each in there] + sorted(there - {*CONDITIONS})
    lines = ["| answer | " + " | ".join(conditions) + " |", "|---" * (len(conditions) + 1) + "|"]
    for answer in (*answers.RIGHT, *answers.WRONG):
        cells = [
            cell([each for each in found if (each["answer"], each["condition"]) == (answer, condition)])
            for condition in conditions
        ]
        shown = f"right: {answer}" if answer in answers.RIGHT else answer
        lines.append(f"| {shown} | " + " | ".join(cells) + " |")
    lines += ["", "Cells: passed / failed / inconclusive.", "", *bounds(found), *costs(found)]
    return "\n".join(lines)


def cell(trials: list[dict[str, object]]) -> str:
    """`4/0/1`, an error told if there was one."""
    count = {name: sum(each["verdict"] == name for each in trials) for name in
             ("passed", "failed", "inconclusive", "error")}  # fmt: skip
    told = "/".join(str(count[name]) for name in ("passed", "failed", "inconclusive"))
    errors = f" ({count['error']} errors)" if count["error"] else ""
    return told + errors if trials else "-"


def bounds(found: list[dict[str, object]]) -> list[str]:
    """False red and false green with 95 % upper bounds."""
    right = [each for each in found if each["answer"] in answers.RIGHT]
    wrong = [each for each in found if each["answer"] in answers.WRONG]
    red, green = (
        (sum(each["verdict"] == verdict for each in trials), len(trials))
        for trials, verdict in ((right, "failed"), (wrong, "passed"))
    )
    return [
        f"False red: {red[0]} of {red[1]} right answers failed (upper bound {upper_bound(*red):.1%}).",
        f"False green: {green[0]} of {green[1]} wrong answers passed ({upper_bound(*green):.1%}).",
        "Upper bounds are one-sided, 95 %, by Clopper and Pearson.",
    ]


def costs(found: list[dict[str, object]]) -> list[str]:
    """What a verdict costs."""
    timed = [each for each in found if "seconds" in each]
    every = [float(str(each["seconds"])) for each in timed]
    idle = [float(str(each["seconds"])) for each in timed if each["condition"] == "idle"]
    told = [f"A verdict takes {statistics.median(every):.1f} s at the median of all."] if every else []
    return told + ([f"Idle: {statistics.median(idle):.1f} s."] if idle else [])


def upper_bound(events: int, trials: int, confidence: float = 0.95) -> float:
    """The one-sided upper bound of a rate, by Clopper and Pearson (1934); 3/n, about, for no event at all."""
    if trials == 0 or events >= trials:
        return 1.0
    low, high = events / trials, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        at_most = sum(
            math.comb(trials, k) * middle**k * (1 - middle) ** (trials - k) for k in range(events + 1)
        )
        low, high = (middle, high) if at_most > 1 - confidence else (low, middle)
    return high


if __name__ == "__main__":
    sys.exit(main())
