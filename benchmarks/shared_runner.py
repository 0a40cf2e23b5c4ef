"""Exercise 04's speedup check beside a busy neighbour: `python benchmarks/shared_runner.py FILE`.

    this ──► a hog, on the same cores
      └────► pytest graders/04_factorials --chefs-only … : one run of one answer ──► FILE

How many cores there are is for the caller to say: `taskset -c 0 python benchmarks/shared_runner.py FILE` is a
runner with one core, `taskset -c 0,1` one with two. Several of these can run side by side on cores of their
own, each with a TMPDIR of its own, for there are the leases that make measurements wait for each other. Each
run appends a line of JSON to FILE. At the end the table of all that is there is printed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from speedup.verdicts import append, cell, records, under, upper_bound

COURSE = Path(__file__).parents[1]
GRADER = "graders/04_factorials"
CHECK = "test_faster_than_serial"
RIGHT = "right"
ANSWERS = {
    RIGHT: "solutions/04_factorials",
    "serial": f"{GRADER}/wrong/no_processes.py",
    "one after another": f"{GRADER}/wrong/one_after_another.py",
    "threads": f"{GRADER}/wrong/threads.py",
    "each does all": f"{GRADER}/wrong/everyone_does_everything.py",
}


def main() -> int:
    """Run what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path, help="lines of JSON, one a run")
    parser.add_argument("--right", type=int, default=200, help="runs of the right answer")
    parser.add_argument("--wrong", type=int, default=200, help="runs of each wrong answer")
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no run after so long")
    options = parser.parse_args()
    until = time.monotonic() + options.seconds
    cores = len(os.sched_getaffinity(0))
    for answer in missing(options.file, options.right, options.wrong, cores):
        if time.monotonic() > until:
            break
        append(options.file, one(answer, cores))
    print(table(records(options.file)))
    return 0


def missing(file: Path, right: int, wrong: int, cores: int) -> list[str]:
    """The answers that are still to be run, as often as they are, shuffled."""
    there = [each["answer"] for each in records(file) if each["cores"] == cores]
    lacking = [
        answer
        for answer in ANSWERS
        for _ in range((right if answer == RIGHT else wrong) - there.count(answer))
    ]
    random.shuffle(lacking)
    return lacking


def one(answer: str, cores: int) -> dict[str, Any]:
    """Grade one answer once beside a hog; what the check found."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder, "journal")
        command = [sys.executable, "-m", "pytest", "-q", GRADER, "--submission", ANSWERS[answer],
                   "--chefs-only", CHECK, "--chefs-journal", str(journal)]  # fmt: skip
        with under("one hog"):
            began = time.monotonic()
            done = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=False)
        took = round(time.monotonic() - began, 2)
        check = ended(journal)
    found = {"answer": answer, "condition": f"{cores} cores", "cores": cores, "seconds": took}
    if check is None:
        return found | {"verdict": "error", "why": done.stdout[-500:] + done.stderr[-500:]}
    figures = {
        key: value for key, value in (check["evidence"] or {}).items() if isinstance(value, float | int)
    }
    feedback = check["feedback"] or {}
    why = " ".join(str(feedback.get(part, "")) for part in ("happened", "cause"))
    return found | {"verdict": check["verdict"], "why": why, "figures": figures}


def ended(journal: Path) -> dict[str, Any] | None:
    """The check as the journal has it; None if it did not come to its end."""
    lines = journal.read_text().splitlines() if journal.exists() else []
    entries = [json.loads(line.split(" ", 1)[1]) for line in lines]
    return next((entry["check"] for entry in entries if entry["type"] == "ended"), None)


def table(found: list[dict[str, Any]]) -> str:
    """Answers by numbers of cores as Markdown, with bounds below."""
    cores = sorted({each["cores"] for each in found})
    lines = [
        "| answer | " + " | ".join(f"{count} cores" for count in cores) + " |",
        "|---" * (len(cores) + 1) + "|",
    ]
    for answer in ANSWERS:
        cells = [cell([e for e in found if (e["answer"], e["cores"]) == (answer, count)]) for count in cores]
        lines.append(f"| {answer} | " + " | ".join(cells) + " |")
    right = [each for each in found if each["answer"] == RIGHT]
    wrong = [each for each in found if each["answer"] != RIGHT]
    red = sum(each["verdict"] == "failed" for each in right), len(right)
    green = sum(each["verdict"] == "passed" for each in wrong), len(wrong)
    return "\n".join((
        *lines, "", "Cells: passed / failed / inconclusive.", "",
        f"False red: {red[0]} of {red[1]} (upper bound {upper_bound(*red):.1%}, 95 %, Clopper and Pearson).",
        f"False green: {green[0]} of {green[1]} ({upper_bound(*green):.1%}).",
    ))  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
