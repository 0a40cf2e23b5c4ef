"""Leases on the machine: checks run side by side, but nothing runs beside a speedup measurement.

    a check           gate (briefly), then the machine's lock, shared
    a speedup check   gate (held while it waits), then the machine's lock, exclusive

Locks of the operating system on two files, so that all graders of one user share them, whichever
command started them, and a killed one lets go. Without the gate a speedup check would starve: as
long as checks come and go, there is always one that holds the lock shared.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def machine(*, alone: bool, folder: Path | None = None) -> Iterator[None]:
    """Hold the machine while a check runs.

    Args:
        alone: nothing else may run beside (a speedup check).
        folder: where the two files are (default: one for this user in the system's temporary folder).
    """
    try:
        import fcntl
    except ImportError:  # Windows: one check at a time is up to the caller
        yield
        return
    folder = folder or Path(tempfile.gettempdir()) / f"manychefs-leases-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        gate, lock = (os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600) for name in ("gate", "machine"))
    except OSError:  # a full or read-only disk must not stop a grading
        yield
        return
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
    finally:
        os.close(lock)
        os.close(gate)
