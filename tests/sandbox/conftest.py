"""A host for a few lines of a student's program."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from manychefs.course import Limits
from manychefs.sandbox.host import Host

PRELUDE = (
    "import multiprocessing, os, signal, sys, time",
    "from multiprocessing import Lock, Pool, Process, Queue, Value",
    "def fine():",
    "    return 'fine'",
)
PRELUDE_LINES = len(PRELUDE)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """Builds hosts: `host(source, method, seconds=…)`; all are closed when the test ends.

    The source follows imports of what such programs use and a function `fine()`, for the call after.
    """
    with ExitStack() as hosts:

        def build(source: str = "", method: Any = "fork", *, prelude: bool = True, **limits: Any) -> Host:
            submission = tmp_path / f"submission{len(list(tmp_path.iterdir()))}" / "dish.py"
            submission.parent.mkdir()
            body = textwrap.dedent(source).lstrip("\n")
            submission.write_text("\n".join(PRELUDE) + "\n" + body if prelude else body, "utf-8")
            built = Host(submission, method, Limits(**({"seconds": 5.0} | limits)))
            hosts.callback(built.close)
            return built

        yield build
