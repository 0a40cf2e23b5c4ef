"""What the lessons show runs: every Python block of a lesson, as a file of its own.

Under the start method that Python takes by itself, and under spawn, which macOS and Windows have.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from manychefs.course import load_course

REPO = Path(__file__).parents[2]

# Only in the main process: a child imports the file under another name.
UNDER_SPAWN = """\
if __name__ == "__main__":
    import multiprocessing

    multiprocessing.set_start_method("spawn")

"""


def blocks(lesson: Path) -> list[str]:
    """The fenced `python` blocks of a lesson."""
    return re.findall(r"^```python\n(.*?)^```", lesson.read_text("utf-8"), re.MULTILINE | re.DOTALL)


LESSONS = sorted((REPO / "exercises").glob("*/README.md"))
BLOCKS = {
    f"{lesson.parent.name}-{number}": block
    for lesson in LESSONS
    for number, block in enumerate(blocks(lesson), 1)
}


def test_each_exercise_has_a_lesson_with_an_example_and_a_title() -> None:
    course = load_course(REPO)
    for exercise in course.exercises:
        lesson = course.lesson(exercise)
        assert blocks(lesson), f"{exercise.name}: its lesson has no `python` block"
        assert lesson.read_text("utf-8").startswith("# ")


def test_small_tasks_is_graded_by_the_sizes_that_its_lesson_gives() -> None:
    """Whoever draws the line where the lesson allows it gets the points; it once allowed what failed."""
    lesson = (REPO / "exercises/11_small_tasks/README.md").read_text("utf-8")
    grader = (REPO / "graders/11_small_tasks/test_small_tasks.py").read_text("utf-8")
    told = re.search(r"up to ([\d ]+) numbers count as few, lists of ([\d ]+) and more as many", lesson)
    graded = re.search(r"^FEW = ([\d_]+)\nMANY = ([\d_]+) ", grader, re.MULTILINE)
    assert told
    assert graded
    sizes = [[int(re.sub("[ _]", "", size)) for size in found.groups()] for found in (told, graded)]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("prelude", ["", UNDER_SPAWN], ids=["default", "spawn"])
@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_what_a_lesson_shows_runs(tmp_path: Path, block: str, prelude: str) -> None:
    path = tmp_path / "example.py"
    path.write_text(prelude + block, "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        cwd=tmp_path,
        # Not measured: coverage would have its own words on what the example's processes print.
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
        | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
