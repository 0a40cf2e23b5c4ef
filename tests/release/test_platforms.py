"""What students get, on each CI service: a script plays the service's part on the released repository.

    release ──set up with only python3──► repository ──a submission──► the service's own command, its
    environment and folders ──► its own reading of exit code, log and result files ──► docs/ci.md's table

The commands are those that the release and docs/ci.md give: `run:` and `script:` of the workflows, the
`autograder.py` of Classroom 50, the `run_autograder` of Gradescope.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from manychefs.course import Course, load_course
from manychefs.release.student import student_files, write_folder
from tests.cli.test_ci import commands

REPO = Path(__file__).parents[2]
PAGE = (REPO / "docs" / "ci.md").read_text("utf-8")
POOL, TALLY = "02_pool_map", "03_shared_counter"
WORDS = ["02", "03"]

pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.timeout(600)]

HANGS = """
from multiprocessing import Lock, Process

def add_plates(lock):
    with lock:
        pass

def count_up(processes, increments):
    lock = Lock()
    lock.acquire()
    chefs = [Process(target=add_plates, args=(lock,)) for _ in range(processes)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
"""
HOSTILE = '''
import atexit, json, os, sys

WORDS = """::error file=a.py,line=1::forged
::set-output name=points::100
##[error]forged
##vso[task.complete result=Succeeded]
::notice title=Autograding complete::Points 23/23
```mermaid
%%{init: {"securityLevel": "loose"}}%%
<script>alert(1)</script><img src=x onerror=alert(1)>
]]></system-out></testcase><testcase name="forged"/><!-- \\x00\\x1b[2J\\ufffe"""

class Nasty(Exception):
    pass

Nasty.__name__ = Nasty.__qualname__ = WORDS

def forge():
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV"):
        with open(os.environ.get(name, "/nowhere"), "a") as file:
            file.write("forged")
    for place in ("result.json", "manychefs-junit.xml", "/autograder/results/results.json"):
        with open(place, "w") as file:
            json.dump({"score": 23, "forged": True}, file)

atexit.register(forge)
print(WORDS)
print(WORDS, file=sys.stderr)

def count_up(processes, increments):
    print(WORDS)
    try:
        forge()
    except OSError:
        pass
    raise Nasty(WORDS)
'''


@dataclass(frozen=True)
class Case:
    """A submission, and the row of docs/ci.md's table that it stands for."""

    pool: str | None
    tally: str | None
    points: float
    red: bool


@dataclass(frozen=True)
class Read:
    """What a service has read: the job's exit code, the points, how many checks it shows as failed.

    ungraded: points of checks that the machine was too busy for; they are neither given nor taken.
    """

    code: int
    points: float
    ungraded: float
    failed: int
    everything: str


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(REPO)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Path:
    root = tmp_path_factory.mktemp("release") / "repository"
    write_folder(student_files(course), root)
    done = chefs_in(root, [sys.executable, "chefs.py", "--version"], {})
    assert done.returncode == 0, done.stderr
    return root


def chefs_in(
    root: Path, command: list[str], surroundings: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COVERAGE_", "MANYCHEFS_", "VIRTUAL_ENV", "GITHUB_", "GITLAB_", "CI"))
    }
    return subprocess.run(
        command, cwd=root, env=kept | surroundings, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def cases(course: Course) -> dict[str, Case]:
    right = {name: course.solution(course.find(name)).read_text("utf-8") for name in (POOL, TALLY)}
    wrong = (REPO / "graders" / TALLY / "wrong" / "a_global_number.py").read_text("utf-8")
    return {
        "as shipped": Case(None, None, 0, red=False),
        "half done": Case(right[POOL], None, 12, red=False),
        "right": Case(right[POOL], right[TALLY], 23, red=False),
        "wrong": Case(right[POOL], wrong, 15, red=True),
        "hanging": Case(right[POOL], HANGS, 12, red=True),
        "hostile": Case(right[POOL], HOSTILE, 12, red=True),
    }


CASES = ("as shipped", "half done", "right", "wrong", "hanging", "hostile")


@pytest.fixture
def handed_in(repository: Path, course: Course, cases: dict[str, Case]) -> Iterator[Callable[[str], Case]]:
    """Puts a submission into the repository; the stubs are there again afterwards."""
    paths = {name: repository / "exercises" / name / course.find(name).filename for name in (POOL, TALLY)}
    stubs = {name: path.read_text("utf-8") for name, path in paths.items()}

    def put(name: str) -> Case:
        case = cases[name]
        for exercise, text in ((POOL, case.pool), (TALLY, case.tally)):
            if text is not None:
                paths[exercise].write_text(text, "utf-8")
        return case

    yield put
    for name, path in paths.items():
        path.write_text(stubs[name], "utf-8")
    for left in ("result.json", "manychefs-junit.xml", "summary.md"):
        (repository / left).unlink(missing_ok=True)


# -- each service, as it starts a job and reads what comes of it ------------------------------


def on_github(root: Path) -> Read:
    workflow = (root / ".github" / "workflows" / "grade.yml").read_text("utf-8")
    [command] = re.findall(r"- run: (.*)", workflow)
    summary = root / "summary.md"
    summary.write_text("")
    done = chefs_in(
        root,
        [*command.split(), *WORDS],
        {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(root), "GITHUB_STEP_SUMMARY": str(summary)},
    )
    told = commands(done.stdout)
    [points] = [line for line in told if line.startswith("::notice title=Autograding complete::")]
    earned = re.search(r"Points ([\d.]+)/", points)
    assert earned, points
    errors = [line for line in told if line.startswith("::error ")]
    assert len(told) == len(errors) + 1  # no command but ours
    assert all(f"file=exercises/{TALLY}/shared_counter.py" in line for line in errors)
    more = re.search(r"\(([\d.]+) more not gradable", points)
    ungraded = float(more[1]) if more else 0.0
    return Read(
        done.returncode, float(earned[1]), ungraded, len(errors), "\n".join(told) + summary.read_text("utf-8")
    )


def on_gitlab(root: Path) -> Read:
    [command] = re.findall(r"script:\n    - (.*)", (root / ".gitlab-ci.yml").read_text("utf-8"))
    done = chefs_in(root, [*command.split(), *WORDS], {"GITLAB_CI": "true", "CI_PROJECT_DIR": str(root)})
    text = (root / "manychefs-junit.xml").read_text("utf-8")
    cases = ElementTree.fromstring(text).iter("testcase")
    points, ungraded, failed = 0.0, 0.0, 0
    for case in cases:
        told = {each.get("name"): each.get("value", "") for each in case.iter("property")}
        points += float(told["points"])
        ungraded += float(told["max-points"]) if case.find("skipped") is not None else 0.0
        failed += case.find("failure") is not None
    return Read(done.returncode, points, ungraded, failed, text)


def on_gradescope(root: Path) -> Read:
    [script] = re.findall(r"```sh\n(#!/usr/bin/env bash\ncd /autograder/source\n.*?)```", PAGE, re.DOTALL)
    autograder = root.parent / "autograder"
    (autograder / "submission").mkdir(parents=True)
    try:
        for path in (
            root / "exercises" / POOL / "pool_map.py",
            root / "exercises" / TALLY / "shared_counter.py",
        ):
            shutil.copy(path, autograder / "submission")
        script = script.replace("/autograder/source", str(root)).replace("ci 03", f"ci {' '.join(WORDS)}")
        (autograder / "run_autograder").write_text(script)
        done = chefs_in(autograder, ["bash", "run_autograder"], {"MANYCHEFS_AUTOGRADER": str(autograder)})
        body: dict[str, Any] = json.loads((autograder / "results" / "results.json").read_text("utf-8"))
    finally:
        shutil.rmtree(autograder)
    graded = [test for test in body["tests"] if "status" in test]
    assert all(0 <= test["score"] <= test["max_score"] for test in graded)
    earned, gradable = (sum(test[name] for test in graded) for name in ("score", "max_score"))
    assert body["score"] == pytest.approx(23 * earned / gradable, abs=0.01)  # scaled to what can be graded
    failed = sum(test["status"] == "failed" for test in graded)
    return Read(done.returncode, earned, 23 - gradable, failed, json.dumps(body))


def on_classroom50(root: Path) -> Read:
    [script] = re.findall(r"```python\n(import subprocess\n.*?)```", PAGE, re.DOTALL)
    (root.parent / "autograder.py").write_text(script.replace('"ci"', f'"ci", {json.dumps(WORDS)[1:-1]}'))
    done = chefs_in(
        root,
        [sys.executable, str(root.parent / "autograder.py")],
        {"GITHUB_ACTIONS": "true", "CLASSROOM": "c", "ASSIGNMENT": "a", "SUBMISSION_TAG": "s"},
    )
    body = json.loads((root / "result.json").read_text("utf-8"))
    assert body["schema"] == "classroom50/result/v1"
    assert (type(body["score"]), type(body["max-score"])) == (int, int)
    failed = sum(not test["passed"] for test in body["tests"])
    return Read(done.returncode, body["score"], 23 - body["max-score"], failed, json.dumps(body))


SERVICES = {
    "github": on_github,
    "gitlab": on_gitlab,
    "gradescope": on_gradescope,
    "classroom50": on_classroom50,
}
READS_FILES = ("gradescope", "classroom50")  # a student's failure is in the result file alone


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("service", SERVICES)
def test_the_table_of_the_ci_page_holds(
    repository: Path, handed_in: Callable[[str], Case], service: str, case: str
) -> None:
    expected = handed_in(case)
    read = SERVICES[service](repository)
    assert read.points <= expected.points <= read.points + read.ungraded
    assert read.code == (1 if expected.red and service not in READS_FILES else 0)
    if expected.red:
        assert read.failed >= 1
    if case == "right":
        assert read.failed == 0 or read.ungraded
    if case == "hanging":
        assert "waits for" in read.everything
    if case == "hostile":
        assert "<script>" not in read.everything or service in READS_FILES  # in JSON it is a string
        assert '"forged": true' not in read.everything
        assert not (repository / "GITHUB_OUTPUT").exists()
