"""Solutions and right answers, which every supported version of Python has to run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
ANSWERS = sorted([*(REPO / "solutions").glob("*/*.py"), *(REPO / "graders").glob("*/right/*.py")])


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_comprehension_hides_a_function_from_another_one(path: Path) -> None:
    """Python 3.12.0 to 3.12.3 confuse the two (gh-118513): 16's solution failed there, and nowhere else."""
    tree = ast.parse(path.read_bytes())
    functions = {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    loops = (each.target for each in ast.walk(tree) if isinstance(each, ast.comprehension))
    names = {name.id for target in loops for name in ast.walk(target) if isinstance(name, ast.Name)}
    assert not names & functions
