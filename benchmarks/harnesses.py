"""What a submission costs with this kit and with others: `python benchmarks/harnesses.py [--submissions 20]`.

The same submissions (half of them wrong) are graded by each harness, one after the other, in one run on one
machine; every harness makes the same two checks of the same function. Only ours walls the submission off from
what knows the answers. A harness that gives other verdicts is named: its time then compares with nothing.

otter-grader and check50 want environments of their own; name their Pythons, or they are left out:

    python -m venv /tmp/otter && /tmp/otter/bin/pip install otter-grader ipykernel
    python -m venv /tmp/check50 && /tmp/check50/bin/pip install check50
    python benchmarks/harnesses.py --otter /tmp/otter/bin/python --check50 /tmp/check50/bin/python

nbgrader is that of the kit's own environment: python3 chefs.py setup --instructor.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from manychefs.outputs import notebook

EX, LIMIT = "01_squares", 600.0

RIGHT = """\
from multiprocessing import get_context


def square(number):
    return number * number


def squares(numbers, workers):
    with get_context("fork").Pool(workers) as pool:
        found = pool.map(square, numbers)
        pool.close()
        pool.join()
    return found
"""
WRONG = RIGHT.replace("number * number", "number + number")

CASES = {"test_small": ("squares([1, 2, 3], 2)", "[1, 4, 9]"), "test_two": ("squares([2], 1)", "[4]")}

GRADER = "import pytest\n\n" + "\n\n".join(
    f"@pytest.mark.check(points=1)\ndef {name}(student):\n"
    f'    """{call} is {value}"""\n    assert student.{call} == {value}'
    for name, (call, value) in CASES.items()
)

MANIFEST = """\
title = "Squares"
[[exercise]]
number = 1
slug = "squares"
title = "Squares"
concept = "Pool.map"
minutes = 1
points = 2
start_methods = ["fork"]
[[exercise.tasks]]
title = "Square them"
hints = ["a", "b", "c"]
"""

Scores = dict[str, float]
"""What each student has got, of 2."""


@dataclass
class Harness:
    """name, its version, whether it confines; and how it grades: seconds and scores."""

    name: str
    version: str
    confines: str
    grade: Callable[[Path, dict[str, str]], tuple[float, Scores]]


def run(command: list[Any], cwd: Path, **environment: str) -> str:
    """Run a command that has to end well; gives what it printed."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {(done.stdout + done.stderr).strip()[-400:]}")
    return done.stdout


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    """Write files with the folders on the way."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)


# -- the harnesses ----------------------------------------------------------------------------


def with_chefs(folder: Path, answers: dict[str, str]) -> tuple[float, Scores]:
    """`chefs grade`, as it is: in parallel on all cores, confined."""
    write(
        folder,
        {
            "course/course.toml": MANIFEST,
            f"course/exercises/{EX}/squares.py": WRONG,
            f"course/graders/{EX}/test_squares.py": GRADER,
            **{f"class/{student}/squares.py": text for student, text in answers.items()},
        },
    )
    started = time.perf_counter()
    run([sys.executable, "-m", "manychefs", "--course", "course", "grade", "class", "--no-gradebook"], folder)
    seconds = time.perf_counter() - started
    scores: Scores = dict.fromkeys(answers, 0.0)
    with (folder / "grades" / "grades.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            scores[row["student"]] += float(row["points"])
    return seconds, scores


def with_pytest(folder: Path, answers: dict[str, str]) -> tuple[float, Scores]:
    """A process of pytest a submission, which imports it."""
    tests = "\n\n".join(
        f"def {name}():\n    assert {call} == {value}" for name, (call, value) in CASES.items()
    )
    write(folder, {f"{student}/squares.py": text for student, text in answers.items()})
    write(
        folder,
        {f"{student}/test_it.py": f"from squares import squares\n\n\n{tests}\n" for student in answers},
    )
    scores, started = {}, time.perf_counter()
    for student in answers:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
            cwd=folder / student,
            capture_output=True,
            text=True,
            check=False,
        )
        words = done.stdout.split()
        scores[student] = (
            float(words[words.index("passed") - 1])
            if "passed" in words
            else float(next((words[at - 1] for at, word in enumerate(words) if word.startswith("passed")), 0))
        )
    return time.perf_counter() - started, scores


def nbgrader_course(folder: Path, answers: dict[str, str], cells: list[notebook.Cell], config: str) -> None:
    """An nbgrader course with everybody's notebooks submitted."""
    about = {"grade": False, "grade_id": "solution", "locked": False, "schema_version": 3, "solution": True}
    magic = "%%writefile squares.py\n"

    def filled(text: str) -> bytes:
        return notebook.document([notebook.code(magic + text, {"nbgrader": about | {"task": False}}), *cells])

    write(folder, {f"source/{EX}/{EX}.ipynb": filled(RIGHT), "nbgrader_config.py": config})
    run([sys.executable, "-m", "nbgrader", "generate_assignment", EX], folder)
    write(folder, {f"submitted/{student}/{EX}/{EX}.ipynb": filled(text) for student, text in answers.items()})


def autograded(folder: Path) -> tuple[float, Scores]:
    started = time.perf_counter()
    run([sys.executable, "-m", "nbgrader", "autograde", EX], folder)
    seconds = time.perf_counter() - started
    with sqlite3.connect(folder / "gradebook.db") as book:
        rows = book.execute(
            "select a.student_id, sum(g.auto_score) from grade g "
            "join submitted_notebook n on n.id = g.notebook_id "
            "join submitted_assignment a on a.id = n.assignment_id group by a.student_id"
        ).fetchall()
    book.close()
    return seconds, {student: float(score or 0) for student, score in rows}


PATH_LINES = """\
import os
import sys

c = get_config()
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
"""


def with_nbgrader_kernels(folder: Path, answers: dict[str, str]) -> tuple[float, Scores]:
    """nbgrader autograde as it comes: a kernel a notebook, the checks in it."""
    cells = []
    for name, (call, value) in CASES.items():
        about = {
            "grade": True, "grade_id": name, "locked": True, "points": 1, "schema_version": 3,
            "solution": False, "task": False,
        }  # fmt: skip
        cells.append(
            notebook.code(f"from squares import squares\nassert {call} == {value}", {"nbgrader": about})
        )
    nbgrader_course(folder, answers, cells, PATH_LINES)
    return autograded(folder)


def with_nbgrader_external(folder: Path, answers: dict[str, str]) -> tuple[float, Scores]:
    """nbgrader autograde as our release configures it: outside the kernel, confined, one after the other."""
    write(
        folder,
        {
            "course/course.toml": MANIFEST,
            f"course/exercises/{EX}/README.md": "# Squares\n",
            f"course/exercises/{EX}/squares.py": WRONG,
            f"course/solutions/{EX}/squares.py": RIGHT,
            f"course/graders/{EX}/test_squares.py": GRADER,
        },
    )
    run([sys.executable, "-m", "manychefs", "--course", "course", "release", "--nbgrader", "nb"], folder)
    run([sys.executable, "-m", "nbgrader", "generate_assignment", EX], folder / "nb")
    released = json.loads((folder / "nb" / "release" / EX / f"{EX}.ipynb").read_bytes())
    for student, text in answers.items():
        for cell in released["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                cell["source"] = f"%%writefile squares.py\n{text}"
        write(folder, {f"nb/submitted/{student}/{EX}/{EX}.ipynb": json.dumps(released)})
    return autograded(folder / "nb")


def with_otter(python: Path) -> Callable[[Path, dict[str, str]], tuple[float, Scores]]:
    """otter run, without containers: the notebook is executed in a kernel, then its tests."""

    def grade(folder: Path, answers: dict[str, str]) -> tuple[float, Scores]:
        for name, (call, value) in CASES.items():
            case = {"code": f">>> {call}\n{value}", "hidden": False}
            test = {"name": name, "points": 1, "suites": [{"cases": [case], "type": "doctest"}]}
            write(folder, {f"tests/{name}.py": f"OK_FORMAT = True\ntest = {test!r}\n"})
        for student, text in answers.items():
            cells = [notebook.code(text)]
            write(folder, {f"{student}.ipynb": notebook.document(cells)})
        otter = python.with_name("otter")
        path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
        run([otter, "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], folder, PATH=path)
        scores, started = {}, time.perf_counter()
        for student in answers:
            (folder / f"out-{student}").mkdir()
            run(
                [otter, "run", "-a", "autograder.zip", "-o", f"out-{student}", f"{student}.ipynb"],
                folder,
                PATH=path,
            )
            results = json.loads((folder / f"out-{student}" / "results.json").read_bytes())
            scores[student] = float(
                sum(test.get("score", 0.0) for test in results["tests"] if test.get("max_score"))
            )
        return time.perf_counter() - started, scores

    return grade


def with_check50(python: Path) -> Callable[[Path, dict[str, str]], tuple[float, Scores]]:
    """check50 --dev: local checks, a process each."""

    def grade(folder: Path, answers: dict[str, str]) -> tuple[float, Scores]:
        # Not check50.py.import_: a Pool cannot find the functions of what that imports.
        checks = "\n\n".join(
            f'@check50.check()\ndef {name}():\n    """{name}"""\n'
            f"    command = 'python3 -c \"from squares import squares; print({call})\"'\n"
            f'    check50.run(command).stdout("{value}", regex=False, timeout=20).exit(0)'
            for name, (call, value) in CASES.items()
        )
        write(
            folder,
            {
                "checks/.cs50.yml": 'check50:\n  files:\n    - !exclude "*"\n    - !require squares.py\n',
                "checks/__init__.py": f"import check50\n\n\n{checks}\n",
                **{f"{student}/squares.py": text for student, text in answers.items()},
            },
        )
        scores, started = {}, time.perf_counter()
        for student in answers:
            command = [python.with_name("check50"), "--dev", folder / "checks", "-o", "json"]
            done = subprocess.run(command, cwd=folder / student, capture_output=True, text=True, check=False)
            results = json.loads(done.stdout)
            scores[student] = float(sum(bool(result["passed"]) for result in results["results"]))
        return time.perf_counter() - started, scores

    return grade


# -- side by side -----------------------------------------------------------------------------


def version_in(python: Path, package: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return run([python, "-c", code], Path.cwd()).strip()


def harnesses(otter: Path | None, check50: Path | None) -> Iterator[Harness]:
    """Those that are there."""
    yield Harness("chefs grade", version("manychefs"), "yes", with_chefs)
    yield Harness("pytest, a process each", version("pytest"), "no", with_pytest)
    try:
        nbgrader = version("nbgrader")
    except PackageNotFoundError:
        print("nbgrader is left out: python3 chefs.py setup --instructor installs it", file=sys.stderr)
    else:
        yield Harness("nbgrader, a kernel each", nbgrader, "no", with_nbgrader_kernels)
        yield Harness("nbgrader, graded by chefs", nbgrader, "yes", with_nbgrader_external)
    if otter:
        yield Harness("otter run", version_in(otter, "otter-grader"), "no", with_otter(otter.absolute()))
    if check50:
        yield Harness("check50 --dev", version_in(check50, "check50"), "no", with_check50(check50.absolute()))


def main() -> None:
    """Print a line a harness."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--otter", type=Path, help="the Python of an environment with otter-grader")
    parser.add_argument("--check50", type=Path, help="the Python of an environment with check50")
    given = parser.parse_args()
    answers = {f"s{number:03}": (RIGHT, WRONG)[number % 2] for number in range(given.submissions)}
    expected = {student: 2.0 if text == RIGHT else 1.0 for student, text in answers.items()}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(
        f"{len(answers)} submissions, Python {sys.version.split()[0]}, {cores} cores, load before {load:.1f}"
    )
    print(f"{'harness':28} {'version':>9} {'confined':>8} {'s/submission':>12}  verdicts")
    for harness in harnesses(given.otter, given.check50):
        folder = Path(tempfile.mkdtemp(prefix="harness-"))
        try:
            seconds, scores = harness.grade(folder, answers)
            wrong = sum(scores.get(student) != score for student, score in expected.items())
            verdicts = "as expected" if not wrong else f"{wrong} of {len(answers)} differ"
            cost = f"{seconds / len(answers):.2f}"
        except (RuntimeError, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            cost, verdicts = "-", f"failed: {str(error)[-200:]}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(
            f"{harness.name:28} {harness.version:>9} {harness.confines:>8} {cost:>12}  {verdicts}", flush=True
        )


if __name__ == "__main__":
    main()
