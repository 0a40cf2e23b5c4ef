"""A sandbox without a wall around its processes: the grader's own process tree and file system."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from manychefs.sandbox import tree
from manychefs.sandbox.confinement import Order, Used
from manychefs.sandbox.inside.host import RUN_DIR
from manychefs.sandbox.scratch import own_children

MOST_ENTRIES = 20_000  # of a folder that somebody may be filling, looked at
LOOK_AT_FILES = 50  # looks at the process tree for one look at the files


class PlainSandbox:
    """A host among the grader's own children, with a folder of its own in the file system.

    What escapes from it becomes the grader's child (see tree.adopt_orphans), or carries the folder's
    name in its environment.
    """

    def __init__(
        self,
        order: Order,
        command: list[str],
        more: tuple[int, ...],
        run_dir: Path,
        environment: dict[str, str],
    ) -> None:
        self._folder = run_dir
        self.submission = order.submission
        self.shared = order.shared
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=order.output,
                stderr=order.output,
                pass_fds=(*order.descriptors, *more),
                start_new_session=True,
                env=order.with_environment(environment),
            )
        except OSError:
            shutil.rmtree(run_dir, ignore_errors=True)
            raise
        own_children.add(self.process.pid)
        self._looks = 0
        self._used = Used(0, 0)

    @property
    def run_dir(self) -> Path:
        """A folder of its own among the grader's temporary ones."""
        return self._folder

    @property
    def shm(self) -> Path:
        """Everybody's."""
        return tree.SHM

    @property
    def host_pid(self) -> int:
        """The started process is the host."""
        return self.process.pid

    def inside_pid(self, pid: int) -> int:
        """The same as outside."""
        return pid

    def orphans(self) -> list[int]:
        """The grader's children that it has not started itself."""
        return tree.orphans(own_children)

    def used(self, *, now: bool) -> Used:
        """What lies in its folder, looked at now and then: there may be much of it."""
        if now or self._looks % LOOK_AT_FILES == 0:
            self._used = _used_below(self.run_dir)
        self._looks += 1
        return self._used

    def hang_up(self, patience: float) -> None:
        """Wait for its end; else kill all."""
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
        self._end_orphans()

    def kill(self) -> None:
        """Kill from the leaves up, and who carries the folder's name."""
        tree.kill_descendants(self.process.pid)
        self.process.kill()
        self.process.wait()
        tree.kill_carriers(f"{RUN_DIR}={self.run_dir}")
        self._end_orphans()

    def _end_orphans(self) -> None:
        own_children.discard(self.process.pid)
        tree.kill_orphans(own_children)

    def remove(self) -> None:
        """Take its folder away."""
        for _ in range(20):
            shutil.rmtree(self.run_dir, ignore_errors=True)
            if not self.run_dir.exists():
                break
            # Somebody still writes there: one that forks faster than it was killed.
            tree.kill_carriers(f"{RUN_DIR}={self.run_dir}")


def _used_below(folder: Path) -> Used:
    """Bytes and number of the files below a folder, up to MOST_ENTRIES of them; no link is followed."""
    todo, size, count = [str(folder)], 0, 0
    while todo and count < MOST_ENTRIES:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    count += 1
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
        except OSError:
            continue
    return Used(size, count)


def plain_environment(run_dir: Path) -> dict[str, str]:
    """What a host inherits: little, so that no secret of the grader's environment is there to be read.

    Coverage's own variable lets the kit's tests measure what runs inside.
    """
    kept = ("PATH", "HOME", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")
    passed = {name: os.environ[name] for name in kept if name in os.environ}
    return passed | {"LANG": "C.UTF-8", "TMPDIR": str(run_dir), RUN_DIR: str(run_dir)}
