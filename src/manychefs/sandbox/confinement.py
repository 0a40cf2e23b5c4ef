"""The seam where a submission's processes are confined.

`chefs` grades without confinement so far: marks are protected from forging in-process, because
student code never enters the grader; the computer is not protected from the submission. Stronger
layers are siblings of `Unconfined` and say their own name in every report.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Confinement(Protocol):
    """Turns the command that starts a host into one that starts it confined."""

    name: str

    def command(self, host: list[str], submission: Path) -> list[str]:
        """The command line to run instead of `host`, with `submission` readable inside."""
        ...


class Unconfined:
    """No confinement: the host runs as a plain process of the same user."""

    name = "none"

    def command(self, host: list[str], submission: Path) -> list[str]:  # noqa: ARG002 — the seam's shape
        """`host` itself."""
        return host
