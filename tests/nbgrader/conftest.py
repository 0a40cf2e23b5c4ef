"""Real nbgrader, in processes of its own: it takes seconds to import, and brings warnings along."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
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


# -- formgrader -------------------------------------------------------------------------------

PATIENCE = 120.0  # seconds


class Formgrader:
    """Formgrader as it runs: what its pages show in a browser, and what it says of a class."""

    def __init__(self, address: str, browser: Path) -> None:
        self._address = address
        self._browser = browser

    def __call__(self, place: str) -> str:
        """A page as headless Chromium has drawn it."""
        done = subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                f"--user-data-dir={self._browser}",
                "--virtual-time-budget=10000", "--dump-dom", f"{self._address}/{place}",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE * 2,
        )  # fmt: skip
        return done.stdout

    def scores(self, exercise: str) -> list[dict[str, Any]]:
        """What it says of all who have handed in an exercise; waits until it answers at all."""
        address = f"{self._address}/api/submitted_notebooks/{exercise}/{exercise}"
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(address, timeout=PATIENCE) as page:
                    told: list[dict[str, Any]] = json.load(page)
                    return told
            except OSError:
                assert time.monotonic() < until, address
                time.sleep(0.1)


@pytest.fixture
def formgrader(tmp_path: Path) -> Callable[[Path], contextlib.AbstractContextManager[Formgrader]]:
    """Runs formgrader on a course as an instructor starts it: `with formgrader(folder) as look: …`."""

    @contextlib.contextmanager
    def on(course: Path) -> Iterator[Formgrader]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
            "--ip=127.0.0.1", f"--port={port}",
            "--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True",
            "--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={course}",
        ]  # fmt: skip
        clean = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
        with (tmp_path / "server.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=course,
                env=clean | {"HOME": str(tmp_path / "home")},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            yield Formgrader(f"http://127.0.0.1:{port}/formgrader", tmp_path / "browser")
        finally:
            process.terminate()
            process.wait(PATIENCE)

    return on
