"""`chefs grade` where nbgrader is not installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from manychefs.course import Course


def test_it_says_so_in_one_line_and_grades_as_ever(
    course: Course, hand_in: Callable[..., Path], tmp_path: Path
) -> None:
    folder = hand_in({"ada/doubles.py": "def double(number):\n    return 2 * number\n"})
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['nbgrader'] = None\n")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "manychefs",
            "--course",
            course.root,
            "grade",
            folder,
            "--out",
            tmp_path / "out",
        ],
        env=os.environ | {"PYTHONPATH": str(hidden), "MANYCHEFS_GRADEBOOK": "1", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (told,) = [line for line in done.stdout.splitlines() if "nbgrader" in line]
    assert (
        told == "no gradebook.db: nbgrader is not installed (python3 chefs.py setup --instructor installs it)"
    )
    assert (tmp_path / "out" / "grades.csv").is_file()
    assert not (tmp_path / "out" / "gradebook.db").exists()
