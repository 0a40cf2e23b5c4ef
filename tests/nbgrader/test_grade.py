"""`chefs grade` with nbgrader installed: the gradebook, export, and formgrader's pages in a browser."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]
EX = "01_doubles"
PATIENCE = 60.0

GRADER = '''\
import pytest


@pytest.mark.check(points=6)
def test_doubles(student):
    """It doubles"""
    assert student.double(21) == 42


@pytest.mark.check(points=4)
def test_zero(student):
    """Zero stays zero"""
    assert student.double(0) == 0
'''


@pytest.fixture
def graded(tiny_course: Callable[..., Any], run: Run, tmp_path: Path) -> Path:
    """The folder that `chefs grade` has written for a class of two."""
    course = tiny_course(GRADER, slug="doubles").course
    for student, body in (("ada", "2 * number"), ("ben", "number ** 2")):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "doubles.py").write_text(f"def double(number):\n    return {body}\n")
    done = run(
        [sys.executable, "-m", "manychefs", "--course", course.root, "grade", "class", "--out", "out"],
        tmp_path,
        MANYCHEFS_GRADEBOOK="1",
        COLUMNS="200",
    )
    assert done.returncode == 0, done.stderr
    assert "gradebook: out/gradebook.db" in done.stdout
    return tmp_path / "out"


def test_export_shows_every_check_and_leaves_our_grades_alone(graded: Path, run: Run) -> None:
    ours = (graded / "grades.csv").read_bytes()
    done = run([sys.executable, "-m", "nbgrader", "export"], graded)
    assert done.returncode == 0, done.stderr
    with (graded / "nbgrader.csv").open(newline="") as file:
        rows = {(row["student_id"], row["check"]): float(row["score"]) for row in csv.DictReader(file)}
    assert rows == {
        ("ada", "test_doubles"): 6,
        ("ada", "test_zero"): 4,
        ("ben", "test_doubles"): 0,
        ("ben", "test_zero"): 4,
    }
    assert (graded / "grades.csv").read_bytes() == ours


@pytest.fixture
def server(graded: Path, tmp_path: Path) -> Iterator[str]:
    """Formgrader on the class, as an instructor starts it; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
        "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True",
        "--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={graded}",
    ]  # fmt: skip
    home = tmp_path / "home"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=graded,
            env=clean | {"HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield f"http://127.0.0.1:{port}/formgrader"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def fetch(address: str) -> str:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as page:
                return str(page.read().decode())
        except OSError:
            assert time.monotonic() < until, address
            time.sleep(0.1)


@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no chromium")
def test_formgrader_shows_the_class_in_a_browser(server: str, tmp_path: Path) -> None:
    def look(place: str) -> str:
        done = subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                f"--user-data-dir={tmp_path / 'browser'}",
                "--virtual-time-budget=10000", "--dump-dom", f"{server}/{place}",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE * 2,
        )  # fmt: skip
        return done.stdout

    api = fetch(f"{server}/api/submitted_notebooks/{EX}/{EX}")
    scores = {each["student"]: (each["score"], each["id"]) for each in json.loads(api)}
    assert {student: score for student, (score, _) in scores.items()} == {"ada": 10, "ben": 4}
    table = look(f"gradebook/{EX}/{EX}")
    assert re.findall(r"Submission #\d", table)
    page = look(f"submissions/{scores['ben'][1]}/")
    assert "return number ** 2" in re.sub(r"<[^>]*>", "", page)  # what was handed in
    assert "What happened" in page  # and what is wrong with it
