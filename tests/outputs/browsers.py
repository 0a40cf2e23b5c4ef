"""A real browser for what only a browser can tell, and what a page is to be looked at with, from npm."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Chromium, headless, with an empty profile: playwright's context, of which pages can be asked.

    Skips the test where there is no playwright or no Chromium.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("this machine has no Chromium")
    with tempfile.TemporaryDirectory() as profile, playwright.sync_playwright() as started:
        context = started.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=SWITCHES, headless=True
        )
        yield context
        context.close()


def from_npm(package: str, sha512: str, member: str) -> str:
    """The text of one file of a package, checked against the hash that the registry publishes (base64).

    Skips the test where npm is not there, or does not get it.
    """
    if shutil.which("npm") is None:
        pytest.skip(f"there is no npm to get {package} with")
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["npm", "pack", package, "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        found = list(Path(folder).glob("*.tgz"))
        if not found:
            pytest.skip(f"npm could not get {package}: {packed.stderr.strip()[:200]}")
        data = found[0].read_bytes()
    assert base64.b64encode(hashlib.sha512(data).digest()).decode() == sha512
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        file = archive.extractfile(f"package/{member}")
        assert file is not None
        return file.read().decode()
