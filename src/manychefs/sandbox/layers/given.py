"""What a host is given to read, on file descriptors: no path of it stands in any process list."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def given(content: bytes) -> Iterator[int]:
    """A descriptor that this content can be read from, once; closed here when the process is started."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        yield file.fileno()


@contextlib.contextmanager
def given_plan(plan: Mapping[str, object]) -> Iterator[int]:
    """A plan for manychefs.sandbox.inside.confine."""
    with given(json.dumps(plan).encode()) as descriptor:
        yield descriptor
