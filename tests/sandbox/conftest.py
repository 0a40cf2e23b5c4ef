"""A host for a few lines of a student's program, under the layer that MANYCHEFS_CONFINEMENT names.

`MANYCHEFS_CONFINEMENT=bwrap pytest tests/sandbox` runs all of this room's tests under bwrap; by default
there is no confinement, which has the least to hide a mistake behind.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from manychefs.course import Limits
from manychefs.sandbox import choice
from manychefs.sandbox.confinement import FULL, LayerName
from manychefs.sandbox.host import Host

PRELUDE = (
    "import multiprocessing, os, signal, sys, time",
    "from multiprocessing import Lock, Pool, Process, Queue, Value",
    "def fine():",
    "    return 'fine'",
)
PRELUDE_LINES = len(PRELUDE)


@pytest.fixture
def layer() -> LayerName:
    """The layer that this run is under."""
    name = choice.choose(os.environ.get(choice.WANTED) or "none")
    assert name == os.environ.get(choice.WANTED, "none")
    return name


@pytest.fixture
def walled(layer: LayerName) -> bool:
    """Whether that layer gives a submission a file system and process ids of its own."""
    return layer in FULL


@pytest.fixture
def host(tmp_path: Path, layer: LayerName) -> Iterator[Callable[..., Host]]:
    """Builds hosts: `host(source, method, seconds=…)`; all are closed when the test ends.

    The source follows imports of what such programs use and a function `fine()`, for the call after.
    """
    with ExitStack() as hosts:

        def build(source: str = "", method: Any = "fork", *, prelude: bool = True, **limits: Any) -> Host:
            submission = tmp_path / f"submission{len(list(tmp_path.iterdir()))}" / "dish.py"
            submission.parent.mkdir()
            body = textwrap.dedent(source).lstrip("\n")
            submission.write_text("\n".join(PRELUDE) + "\n" + body if prelude else body, "utf-8")
            built = Host(submission, method, Limits(**({"seconds": 5.0} | limits)), choice.layer(layer))
            hosts.callback(built.close)
            return built

        yield build
