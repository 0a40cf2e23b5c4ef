"""What a host is given to read, on file descriptors: no path of it stands in any process list.

Where the system has files in memory that can be sealed, these are such: a sandbox's init may keep them open,
and nobody inside can write through it to a disk that is not the sandbox's.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO


@contextlib.contextmanager
def given(content: bytes) -> Iterator[int]:
    """A descriptor that this content can be read from, once; closed here when the process is started."""
    with _new_file() as file:
        file.write(content)
        file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        if hasattr(os, "memfd_create"):
            import fcntl  # there is none on Windows

            seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
            fcntl.fcntl(file.fileno(), fcntl.F_ADD_SEALS, seals)
        yield file.fileno()


def _new_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("given", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "wb")
    return tempfile.TemporaryFile()


@contextlib.contextmanager
def given_plan(plan: Mapping[str, object]) -> Iterator[int]:
    """A plan for manychefs.sandbox.inside.confine."""
    with given(json.dumps(plan).encode()) as descriptor:
        yield descriptor
