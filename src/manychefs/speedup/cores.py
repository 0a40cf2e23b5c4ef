"""How many cores this process may really use.

The smaller of the CPU affinity and the CPU quota. A quota may stand at any level of the cgroup path
(a container in a slice in a pod), and the tightest one counts, so the whole path is read, in both
versions of the interface: v2 `cpu.max`, v1 `cpu.cfs_quota_us` and `cpu.cfs_period_us`.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path

CGROUPS, OWN_CGROUP = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")

given: frozenset[int] | None = None
"""The cores that this process had before it bound itself to some of them (manychefs.speedup.lease)."""


def usable_cores(root: Path = CGROUPS, cgroups: Path = OWN_CGROUP) -> int:
    """Cores that can work for this process at the same time, at least 1."""
    try:
        cores = len(given if given is not None else os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        cores = os.cpu_count() or 1
    quota = cpu_quota(root, cgroups)
    return max(1, min(cores, math.floor(quota)) if quota is not None else cores)


def by_physical_core(cores: Sequence[int], root: Path = Path("/sys/devices/system/cpu")) -> list[list[int]]:
    """The cores by the real core that they are threads of, as the kernel knows it; else each by itself."""
    groups: dict[str, list[int]] = {}
    for core in cores:
        name = str(core)
        with contextlib.suppress(OSError):
            name = (root / f"cpu{core}" / "topology" / "thread_siblings_list").read_text().strip()
        groups.setdefault(name, []).append(core)
    return list(groups.values())


def cpu_quota(root: Path = CGROUPS, cgroups: Path = OWN_CGROUP) -> float | None:
    """The tightest CPU quota on the path of this process's cgroup, in cores; None without one."""
    found: list[float] = []
    with contextlib.suppress(OSError):
        for line in cgroups.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers:
                found += _quotas(root, path, _read_v2)
                found += _quotas(root / "unified", path, _read_v2)  # beside the older interface
            elif "cpu" in controllers.split(","):
                found += _quotas(root / controllers, path, _read_v1)
                found += _quotas(root / "cpu", path, _read_v1)
    return min(found, default=None)


def _quotas(mount: Path, path: str, read: Callable[[Path], float | None]) -> list[float]:
    parts = [part for part in path.split("/") if part not in ("", "..")]
    folders = [mount.joinpath(*parts[:depth]) for depth in range(len(parts) + 1)]
    quotas = []
    for folder in folders:
        with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
            if (quota := read(folder)) is not None:
                quotas.append(quota)
    return quotas


def _read_v2(folder: Path) -> float | None:
    quota, period = (folder / "cpu.max").read_text().split()
    return None if quota == "max" else int(quota) / int(period)


def _read_v1(folder: Path) -> float | None:
    quota = int((folder / "cpu.cfs_quota_us").read_text())
    return None if quota <= 0 else quota / int((folder / "cpu.cfs_period_us").read_text())
