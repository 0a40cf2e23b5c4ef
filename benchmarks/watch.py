"""From a save to its verdicts, as the view shows them: `python benchmarks/watch.py [EXERCISE…]`.

In a copy of the course each exercise's solution is saved again and again, each time with another last
line, as an editor does it. What watches and checks is what the view runs: the watcher of files, the
checker, and graders from a warm server. Measured is, from the save, in seconds, medians over the rounds:

    noticed   the run begins
    held      the first check has held under its first start method (a wrong answer has its verdict then)
    first     the first check has its verdict under all start methods
    last      the report is there

The first round warms up and does not count. Idle, this says what a student feels. On a busy machine the
numbers say little about the kit, which is why the load stands above them.
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

from manychefs.course import Course, Exercise, find_course_root, load_course
from manychefs.grading import supervisor
from manychefs.grading.server import GraderServer
from manychefs.report import Verdict
from manychefs.sandbox import tree
from manychefs.watch.checker import Began, Checked, Checker, Ended, Held, News, Refused
from manychefs.watch.saves import Saves

ROUNDS = 5
WINGS = ("exercises", "solutions", "graders")


class Bench:
    """The watcher and the checker of a course, with a clock at each of their news."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._news: queue.SimpleQueue[tuple[float, News]] = queue.SimpleQueue()
        self._checker = Checker(course, lambda news: self._news.put((time.monotonic(), news)))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._saves = Saves(course)
        self._thread.start()

    def _watch(self) -> None:
        for exercise in self._saves.until(self._stop):
            self._checker.ask(exercise)

    def close(self) -> None:
        """End both."""
        self._stop.set()
        self._checker.close()
        self._thread.join()

    def save(self, exercise: Exercise, source: str) -> tuple[list[float], str]:
        """Save; returns the seconds until it was noticed, the first and the last verdict, and what fell."""
        path = self._course.stub(exercise)
        draft = path.with_name(".draft")
        draft.write_text(source, "utf-8")
        draft.replace(path)
        saved = time.monotonic()
        noticed = held = first = 0.0
        while True:
            at, news = self._news.get()
            if isinstance(news, Began):
                noticed = at - saved
            elif isinstance(news, Held) and not held:
                held = at - saved
            elif isinstance(news, Checked) and not first:
                first = at - saved
            elif isinstance(news, Refused):
                raise SystemExit(f"{exercise.name}: {news.why.text()}")
            elif isinstance(news, Ended):
                bad = [each.title for each in news.report.checks if each.verdict is not Verdict.PASSED]
                return [noticed, held or first, first, at - saved], "; ".join(bad)


def main() -> None:
    """Print a line an exercise."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("exercises", nargs="*", metavar="EXERCISE")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    asked = options.parse_args()
    tree.adopt_orphans()
    supervisor.use_server(GraderServer())
    try:
        with tempfile.TemporaryDirectory() as folder:
            root = find_course_root()
            shutil.copy(root / "course.toml", folder)
            for wing in WINGS:
                shutil.copytree(root / wing, Path(folder, wing))
            measure(load_course(Path(folder)), asked.exercises, asked.rounds)
    finally:
        supervisor.close_server()


def measure(course: Course, names: list[str], rounds: int) -> None:
    """Print the table, in seconds."""
    print(f"load when it began: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {rounds} rounds")
    print(f"{'exercise':24} {'noticed':>8} {'held':>8} {'first':>8} {'last':>8}  not passed")
    bench = Bench(course)
    try:
        rows = []
        for exercise in course.select(names):
            source = course.solution(exercise).read_text("utf-8")
            taken = [bench.save(exercise, f"{source}# round {number}\n") for number in range(rounds + 1)][1:]
            columns = zip(*(seconds for seconds, _ in taken), strict=True)
            noticed, held, first, last = map(statistics.median, columns)
            bad = "; ".join(sorted({text for _, text in taken if text}))
            print(
                f"{exercise.name:24} {noticed:8.2f} {held:8.2f} {first:8.2f} {last:8.2f}  {bad}", flush=True
            )
            rows.append((held, first, last))
        print(
            f"{len(rows)} exercises: under 0.5 s the first held in {sum(row[0] < 0.5 for row in rows)}, "
            f"the first verdict in {sum(row[1] < 0.5 for row in rows)}; "
            f"under 3 s the last in {sum(row[2] < 3 for row in rows)}"
        )
    finally:
        bench.close()
    print(f"load when it ended: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
