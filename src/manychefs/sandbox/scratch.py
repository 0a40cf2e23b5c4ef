"""Where the grader keeps what is not to outlive it: temporary folders, and which children are its own."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path

SCRATCH = "MANYCHEFS_SCRATCH"
"""Environment variable of the folder for temporary folders, which whoever set it takes away."""

own_children: set[int] = set()
"""Process ids of children that this process started itself (graders; hosts, serial runs): no orphans."""


own_children_lock = threading.RLock()
"""Held from the start of such a child until it is noted, and by whoever ends orphans: one that is not noted
yet looks like one of them."""


def scratch_folder() -> Path:
    """A new temporary folder; in the supervisor's own where there is one, so that none outlives it."""
    return Path(tempfile.mkdtemp(prefix="manychefs-", dir=os.environ.get(SCRATCH)))


def scratch_of_a_command() -> Path:
    """A new temporary folder whose name says which process has made it."""
    return Path(tempfile.mkdtemp(prefix=f"manychefs-{os.getpid()}-"))


def remove_scratch_of(pid: int) -> None:
    """Clear away the temporary folders of a process that was killed; those of a live one stay."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        for folder in Path(tempfile.gettempdir()).glob(f"manychefs-{pid}-*"):
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # it is somebody else's, and alive
