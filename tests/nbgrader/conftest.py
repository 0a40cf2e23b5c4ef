"""Real nbgrader, in processes of its own: it takes seconds to import, and brings warnings along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
HAS_NBGRADER = find_spec("nbgrader") is not None
REASON = "nbgrader is not installed: python3 chefs.py setup --instructor"


@pytest.fixture(autouse=True)
def _needs_nbgrader(request: pytest.FixtureRequest) -> None:
    if not HAS_NBGRADER and not request.node.get_closest_marker("without_nbgrader"):
        pytest.skip(REASON)


def run(command: list[str | Path], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program, with nothing of a person's own Jupyter around it."""
    home = Path(os.environ["TMPDIR"]) / "home"
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


@pytest.fixture
def nbgrader(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command of nbgrader in a folder: `nbgrader("export", cwd=…)`."""

    def command(*words: str, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return run([sys.executable, "-m", "nbgrader", *words], cwd)

    return command


@pytest.fixture(scope="session")
def in_nbgrader() -> Callable[..., Any]:
    """Runs steps.py in a folder, on JSON: `in_nbgrader("keep", cwd, stories=…)`; gives its JSON."""

    def steps(step: str, cwd: Path, **arguments: Any) -> Any:
        done = run([sys.executable, HERE / "steps.py", step, json.dumps(arguments)], cwd)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return json.loads(done.stdout)

    return steps
