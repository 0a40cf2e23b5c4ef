"""Gradescope's zip: what is in it, and that it grades in a folder laid out like theirs."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from manychefs.course import load_course
from manychefs.release.gradescope import autograder_files, write_autograder

REPO = Path(__file__).parents[2]
COURSE = load_course(REPO)
CHEFS = f"{sys.executable} -m manychefs"


@pytest.fixture
def autograder(tmp_path: Path) -> Path:
    """The folder /autograder as Gradescope makes it of the zip."""
    write_autograder(COURSE, COURSE.select(["02"]), tmp_path / "autograder.zip")
    root = tmp_path / "autograder"
    (root / "submission").mkdir(parents=True)
    (root / "results").mkdir()
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        archive.extractall(root / "source")
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 & stat.S_IXUSR
            (root / "source" / name).chmod(0o755)
            (root / "source" / name).rename(root / name)
    (root / "submission_metadata.json").write_text("{}")
    return root


def run(root: Path, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    others = ("GITHUB", "GITLAB", "MANYCHEFS_COURSE")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(others)}
    return subprocess.run(
        [str(root / script)],
        env=kept | {"MANYCHEFS_AUTOGRADER": str(root), "CHEFS": CHEFS, "COLUMNS": "400"} | more,
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_answer_is_in_it_and_what_it_needs_is() -> None:
    found = autograder_files(COURSE, COURSE.exercises)
    folders = {tuple(name.split("/")[::2]) for name in found if name.count("/") == 3}
    assert not [name for name in found if name.startswith("solutions")]
    assert not [folder for folder in folders if folder[1] in ("wrong", "right")]
    for exercise in COURSE.exercises:
        assert f"graders/{exercise.name}/test_{exercise.slug}.py" in found
        assert COURSE.solution(exercise).read_bytes() not in found.values()
    assert {"setup.sh", "run_autograder", "course.toml", "chefs.py", "requirements/core.txt"} <= set(found)
    assert any(name.startswith("manychefs-") and name.endswith(".whl") for name in found)
    only = autograder_files(COURSE, COURSE.select(["02"]))
    assert [name for name in only if name.startswith("exercises/")] == ["exercises/02_pool_map/pool_map.py"]


@pytest.mark.slow
def test_it_sets_itself_up_and_grades_in_a_folder_laid_out_like_theirs(autograder: Path) -> None:
    done = run(autograder, "setup.sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"18 exercises in {autograder / 'source'}" in " ".join(done.stdout.split())
    solution = COURSE.solution(COURSE.find("02")).read_text("utf-8")
    (autograder / "submission" / "pool_map.py").write_text(solution)
    done = run(autograder, "run_autograder")
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((autograder / "results" / "results.json").read_text())
    assert results["score"] == COURSE.find("02").points
    assert {test["status"] for test in results["tests"]} == {"passed"}


def test_who_hands_in_another_file_is_told_which_one_is_asked_for(autograder: Path) -> None:
    (autograder / "submission" / "poolmap.py").write_text("")
    (autograder / "results" / "results.json").write_text("an earlier run's")
    done = run(autograder, "run_autograder")
    assert done.returncode == 0, done.stderr
    results = json.loads((autograder / "results" / "results.json").read_text())
    assert results["score"] == 0
    assert "expected: pool_map.py" in results["output"]


def test_a_failure_of_the_kit_gives_nobody_a_mark(autograder: Path) -> None:
    done = run(autograder, "run_autograder", CHEFS="false")
    assert done.returncode == 1
    assert not (autograder / "results" / "results.json").exists()
