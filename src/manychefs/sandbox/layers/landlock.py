"""Landlock: the host lays rules on itself, and so on all that it starts, before it imports a submission.

Files by folder, no TCP, no signal to anybody outside and no look into their memory. What it has no rules for
is /dev/shm (one for all), who sees whose process ids, sockets in the file system, and how much is used:
that stays with the limits and the watchdog.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from manychefs.sandbox.confinement import LayerName, Order, Sandbox
from manychefs.sandbox.layers import visible
from manychefs.sandbox.layers.given import given_plan
from manychefs.sandbox.layers.limits import resource_limits
from manychefs.sandbox.layers.plain import PlainSandbox, plain_environment
from manychefs.sandbox.scratch import scratch_folder

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/etc/ld.so.cache", "/proc")


@dataclass(frozen=True, slots=True)
class Landlocked:
    """The same user, who may use only what the submission needs."""

    name: Final[LayerName] = "landlock"

    def start(self, order: Order) -> Sandbox:
        """Start a host that confines itself."""
        run_dir = scratch_folder()
        work = run_dir / "work"
        plan = {
            "submission": str(order.submission),
            "work": str(work),
            "limits": resource_limits(order, own_user=False),
            "landlock": {
                "readable": [*SYSTEM, *map(str, visible.folders()), str(order.submission.parent)],
                # The import system lists a folder before it looks for a package in it.
                "listable": [str(visible.PACKAGE.parent)],
                "writable": [str(run_dir), "/dev/shm"],
                "devices": [f"/dev/{name}" for name in visible.DEVICES],
            },
        }
        with given_plan(plan) as words:
            command = [sys.executable, "-I", "-B", "-m", order.module, str(words), *order.arguments]
            return PlainSandbox(order, command, (words,), run_dir, _environment(run_dir, work))


def _environment(run_dir: Path, work: Path) -> dict[str, str]:
    environment = plain_environment(run_dir)
    environment.pop("COVERAGE_PROCESS_CONFIG", None)  # its data could not be written
    return environment | {"HOME": str(work), "PATH": os.defpath}
