"""Real nbgrader, in processes of its own: it takes seconds to import, and brings warnings along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session", autouse=True)
def _needs_nbgrader() -> None:
    if find_spec("nbgrader") is None:
        pytest.skip("nbgrader is not installed: python3 chefs.py setup --instructor")


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program, with nothing of a person's own Jupyter around it."""
    return partial(_run, tmp_path_factory.mktemp("home"))


def _run(
    home: Path, command: list[str | Path], cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "IPYTHON"))}
    paths = {"HOME": str(home), "IPYTHONDIR": str(home / "ipython"), "JUPYTER_NO_CONFIG": ""}
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=clean | paths | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def in_nbgrader(run: Run) -> Callable[..., Any]:
    """Runs steps.py in a folder, on JSON: `in_nbgrader("keep", cwd, stories=…)`; gives its JSON."""

    def steps(step: str, cwd: Path, **arguments: Any) -> Any:
        done = run([sys.executable, HERE / "steps.py", step, json.dumps(arguments)], cwd)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return json.loads(done.stdout)

    return steps
