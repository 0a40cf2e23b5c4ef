"""What grading costs beside the student's own run time: `python benchmarks/harness.py [EXERCISE…]`.

For each exercise the reference solution is graded a few times, as `chefs check` does it. Of the whole
wall-clock time, the time from each call's request to its reply is the student's own; the rest is the
harness: starting the command, the grader and the hosts, looking around after each call, reporting.
Speedup checks are left out, because their serial runs belong to neither.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from manychefs.course import find_course_root, load_course
from manychefs.sandbox.host import Host

ROUNDS = 5


class OwnTime:
    """A pytest plugin that adds up what the student's calls took."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0
        native = Host.call

        def call(host: Host, *args: object, **kwargs: object) -> object:
            outcome = native(host, *args, **kwargs)  # type: ignore[arg-type]
            self.seconds += outcome.seconds
            self.calls += 1
            return outcome

        Host.call = call  # type: ignore[method-assign, assignment]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        marker = "check"
        items[:] = [
            item
            for item in items
            if (found := item.get_closest_marker(marker)) and found.kwargs.get("kind") != "speedup"
        ]


def graded_here(grader: str, submission: str) -> None:
    """In a process of its own: grade, and print the student's own time."""
    own = OwnTime()
    ini = Path(sys.modules["manychefs"].__file__ or "").with_name("grading") / "pytest.ini"
    with open(os.devnull, "w") as silent:
        keep, sys.stdout = sys.stdout, silent
        code = pytest.main(
            ["-q", "--noconftest", "-c", str(ini), grader, f"--submission={submission}"], [own]
        )
        sys.stdout = keep
    print(json.dumps({"code": int(code), "own": own.seconds, "calls": own.calls}))


def main() -> None:
    """Print a line an exercise, with medians over ROUNDS."""
    course = load_course(find_course_root())
    print(f"{'exercise':24} {'calls':>5} {'own s':>7} {'harness s':>9} {'harness/own':>11}")
    for exercise in course.select(sys.argv[1:]):
        rows = []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                started = time.perf_counter()
                done = subprocess.run(
                    [
                        sys.executable,
                        __file__,
                        "--one",
                        str(course.grader(exercise)),
                        str(course.solution(exercise)),
                    ],
                    capture_output=True,
                    cwd=folder,
                    check=True,
                )
                wall = time.perf_counter() - started
            found = json.loads(done.stdout)
            rows.append((found["calls"], found["own"], wall - found["own"]))
        calls, own, harness = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{exercise.name:24} {calls:5.0f} {own:7.2f} {harness:9.2f} {harness / own:6.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        graded_here(*sys.argv[2:])
    else:
        main()
