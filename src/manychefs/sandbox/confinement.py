"""The seam where a submission's processes are confined: what a layer is asked for and what it gives.

    Order ──► Confinement.start ──► Sandbox: a host's processes and folders, as they are seen from outside
                 │
                 └─ siblings in manychefs.sandbox.layers: bwrap, unshare, landlock, none

Which layer is used is decided once a process, by trying (manychefs.sandbox.choice); its name stands in every
report. What each one promises is told in docs/security.md, and tests/hostile proves it.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, Protocol, get_args

from manychefs.course import Limits

LayerName = Literal["bwrap", "unshare", "landlock", "none"]
LAYERS: tuple[LayerName, ...] = get_args(LayerName)
"""The layers, the strongest first."""
FULL: tuple[LayerName, ...] = ("bwrap", "unshare")
"""The layers in which a submission sees nothing but itself: what --require-confinement asks for."""


@dataclass(frozen=True, slots=True)
class Order:
    """A host to be started.

    module: what `python -m` runs; its first argument is the plan for manychefs.sandbox.inside.confine.
    arguments: those after it. submission: the student's file. descriptors: what it inherits beside output,
    on which it prints. shared: a folder of the grader's that it may look into. limits: what one call may use.
    largest_file_mb: of a single file or block of shared memory (default: what of the two limits is larger).
    environment: in addition to what the layer sets; an empty value takes a variable away.
    """

    module: str
    arguments: list[str]
    submission: Path
    descriptors: tuple[int, ...]
    output: int | IO[bytes]
    limits: Limits
    largest_file_mb: int | None = None
    shared: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def with_environment(self, base: dict[str, str]) -> dict[str, str]:
        """The layer's own environment and what this order adds to it or takes away."""
        return {name: value for name, value in (base | self.environment).items() if value}


@dataclass(frozen=True, slots=True)
class Used:
    """What a submission's files take: bytes, and how many there are."""

    disk_bytes: int
    files: int


class Sandbox(Protocol):
    """A started host with all that it starts, in whatever confines it.

    process: the one that was started, which ends after all others of the sandbox have where there is a wall
    around its processes. submission, shared: the student's file and the folder of the grader's as they are
    seen inside. Folders are named as they are
    reached from outside; below them everything is the submission's doing, links included.
    """

    process: subprocess.Popen[bytes]
    submission: Path
    shared: Path | None

    @property
    def run_dir(self) -> Path:
        """The folder that host and grader share."""
        ...

    @property
    def shm(self) -> Path:
        """Its /dev/shm."""
        ...

    @property
    def host_pid(self) -> int:
        """The host's process id, as it is seen from outside."""
        ...

    def inside_pid(self, pid: int) -> int:
        """The id by which a process (named by its id outside) knows itself; 0 when it is gone."""
        ...

    def orphans(self) -> list[int]:
        """Processes whose parent in the sandbox has ended; not those below them."""
        ...

    def used(self, *, now: bool) -> Used:
        """What its files take by now; if not `now`, as it was a moment ago will do."""
        ...

    def hang_up(self, patience: float) -> None:
        """End a host that has been told to end: wait for `patience` seconds, then kill."""
        ...

    def kill(self) -> None:
        """Kill and reap every process of the sandbox."""
        ...

    def remove(self) -> None:
        """Take away its folders; all its processes have ended by now."""
        ...


class Confinement(Protocol):
    """One layer: how hosts are started so that they are confined."""

    @property
    def name(self) -> LayerName:
        """As reports call it."""
        ...

    def start(self, order: Order) -> Sandbox:
        """Start a host.

        Raises:
            OSError: if a program that the layer needs cannot be started.
        """
        ...
