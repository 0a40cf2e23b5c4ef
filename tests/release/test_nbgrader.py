"""The course's notebooks, as they are before nbgrader has seen them."""

from __future__ import annotations

import json
from pathlib import Path

from manychefs.course import load_course
from manychefs.release.nbgrader import checks_of, source_notebook

COURSE = load_course(Path(__file__).parents[2])


def test_every_check_of_every_grader_has_a_cell_with_its_points() -> None:
    for exercise in COURSE.exercises:
        checks = checks_of(COURSE.grader(exercise))
        assert sum(check.points for check in checks) == exercise.points, exercise.name
        assert all(check.title for check in checks), exercise.name
        cells = json.loads(source_notebook(COURSE, exercise))["cells"]
        about = [cell["metadata"]["nbgrader"] for cell in cells if "nbgrader" in cell["metadata"]]
        assert [each["grade_id"] for each in about] == ["solution", *(check.name for check in checks)]
        assert len({cell["id"] for cell in cells}) == len(cells)


def test_a_notebooks_answer_is_the_solution(tmp_path: Path) -> None:
    from manychefs.grading.submission import copy_submission

    exercise = COURSE.find("03")
    (tmp_path / f"{exercise.name}.ipynb").write_bytes(source_notebook(COURSE, exercise))
    copy = copy_submission(tmp_path, exercise, tmp_path)
    assert copy.read_text("utf-8") == COURSE.solution(exercise).read_text("utf-8")
