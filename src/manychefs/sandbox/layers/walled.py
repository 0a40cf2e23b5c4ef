"""A sandbox with process ids and a file system of its own, as the grader sees it from outside.

    grader ──starts──► the started process ──► init (1 inside) ──► host (2 inside) ──► …
                        waits for init            reaps orphans

Everything is reached through /proc: inside ids by the line NSpid of a process's status, the sandbox's files
by init's root. Init's and not the host's, because the host runs student code and could be anywhere. When
init is killed the kernel kills all others, and the started process ends after the last of them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from manychefs.sandbox import tree
from manychefs.sandbox.confinement import Order, Used
from manychefs.sandbox.inside.host import RUN_DIR
from manychefs.sandbox.layers.visible import RUN, SHARED, SUBMISSION_FOLDER, WORK
from manychefs.sandbox.scratch import own_children

HOST = 2  # the host's process id inside
DYING = 5.0  # seconds in which a sandbox whose init was killed has ended, also on a very busy machine
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": WORK, "TMPDIR": "/tmp", "LANG": "C.UTF-8", RUN_DIR: RUN}
"""All that the started process gets: what is inside can read it as init's own environment."""


class WalledSandbox:
    """A host behind walls: nothing escapes from it, and it ends as a whole."""

    def __init__(
        self, order: Order, command: list[str], more: tuple[int, ...], user: int | None = None
    ) -> None:
        self.submission = inside(order.submission)
        self.shared = Path(SHARED) if order.shared else None
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=order.output,
            stderr=order.output,
            pass_fds=(*order.descriptors, *more),
            start_new_session=True,
            env=order.with_environment(ENVIRONMENT),
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            cwd="/",
        )
        own_children.add(self.process.pid)
        self._init = 0
        self._host = 0
        self._has_ended = False

    @property
    def init_pid(self) -> int:
        """The id of the sandbox's first process outside; 0 while there is none."""
        if not self._init and not self._has_ended:
            self._init = next((pid for pid in tree.children(self.process.pid) if _inside(pid) == 1), 0)
        return self._init

    @property
    def host_pid(self) -> int:
        """The host's id outside; until it is there, that of what it will come from."""
        if not self._host and self.init_pid:
            self._host = next((pid for pid in tree.children(self._init) if _inside(pid) == HOST), 0)
        return self._host or self.process.pid

    def inside_pid(self, pid: int) -> int:
        """The id by which a process knows itself."""
        return _inside(pid)

    @property
    def run_dir(self) -> Path:
        """The sandbox's /run; it is a mount, which nobody inside can put a link in the place of."""
        return self._root / RUN.lstrip("/")

    @property
    def shm(self) -> Path:
        """The sandbox's /dev/shm, a mount too."""
        return self._root / "dev/shm"

    @property
    def _root(self) -> Path:
        return Path(f"/proc/{self.init_pid}/root")

    def orphans(self) -> list[int]:
        """What init has inherited."""
        return [pid for pid in tree.children(self.init_pid) if pid != self.host_pid] if self.init_pid else []

    def used(self, *, now: bool) -> Used:  # noqa: ARG002 — the seam's shape
        """What the file system says of itself."""
        with contextlib.suppress(OSError):
            told = os.statvfs(self._root / "tmp")
            return Used((told.f_blocks - told.f_bfree) * told.f_frsize, told.f_files - told.f_ffree)
        return Used(0, 0)

    def hang_up(self, patience: float) -> None:  # noqa: ARG002 — the seam's shape
        """Kill it: there is nothing that it could still have to write down."""
        self.kill()

    def kill(self) -> None:
        """Kill init, and wait until the kernel has killed all others."""
        if init := self.init_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(init, signal.SIGKILL)
        else:
            self.process.kill()
        try:
            self.process.wait(DYING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Their numbers may be others' from now on.
        self._init = self._host = 0
        self._has_ended = True
        own_children.discard(self.process.pid)
        tree.kill_orphans(own_children)

    def remove(self) -> None:
        """Nothing: what was mounted is gone with the last process."""


def inside(submission: Path) -> Path:
    """Where a submission is in a walled sandbox."""
    return Path(SUBMISSION_FOLDER, submission.name)


def _inside(pid: int) -> int:
    """A process's id in the innermost namespace that it is in; 0 when it is gone."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/status", "rb") as status:
        for line in status:
            if line.startswith(b"NSpid:"):
                ids = line.split()
                return int(ids[-1])
    return 0
