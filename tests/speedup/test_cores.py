"""How many cores are usable, on cgroup trees made in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from manychefs.speedup.cores import by_physical_core, cpu_quota, usable_cores


class Cgroups:
    """A tree of control groups in a folder, and the file that names this process's own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "sys"
        self.own = folder / "cgroup"
        self.own.write_text("")

    def belongs(self, *lines: str) -> None:
        self.own.write_text("".join(f"{line}\n" for line in lines))

    def put(self, path: str, text: str) -> None:
        file = self.root / path.lstrip("/")
        assert file.is_relative_to(self.root)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def quota(self) -> float | None:
        return cpu_quota(self.root, self.own)

    def cores(self) -> int:
        return usable_cores(self.root, self.own)


@pytest.fixture
def cgroups(tmp_path: Path) -> Cgroups:
    return Cgroups(tmp_path)


@pytest.fixture
def eight_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


@pytest.mark.parametrize(
    ("text", "quota"),
    [("max 100000\n", None), ("200000 100000\n", 2.0), ("50000 100000\n", 0.5), ("150000 50000", 3.0)],
)
def test_the_newer_interface_is_read(cgroups, text, quota):
    cgroups.belongs("0::/box")
    cgroups.put("box/cpu.max", text)
    assert cgroups.quota() == quota


@pytest.mark.parametrize(("quota", "cores"), [(-1, None), (0, None), (300000, 3.0), (25000, 0.25)])
@pytest.mark.parametrize("folder", ["cpu", "cpu,cpuacct"])
def test_the_older_interface_is_read(cgroups, quota, cores, folder):
    cgroups.belongs("12:pids:/box", f"3:{folder}:/box", "1:name=systemd:/box")
    cgroups.put(f"{folder}/box/cpu.cfs_quota_us", f"{quota}\n")
    cgroups.put(f"{folder}/box/cpu.cfs_period_us", "100000\n")
    assert cgroups.quota() == cores


@pytest.mark.parametrize("tight", ["", "slice", "slice/pod", "slice/pod/box"])
def test_the_tightest_quota_on_the_whole_path_counts(cgroups, tight):
    cgroups.belongs("0::/slice/pod/box")
    for folder in ("", "slice", "slice/pod", "slice/pod/box"):
        cgroups.put(f"{folder}/cpu.max", "600000 100000")
    cgroups.put(f"{tight}/cpu.max", "300000 100000")
    assert cgroups.quota() == 3.0


def test_a_quota_beside_the_path_does_not_count(cgroups):
    cgroups.belongs("0::/slice/box")
    cgroups.put("slice/other/cpu.max", "100000 100000")
    assert cgroups.quota() is None


def test_a_path_seen_from_within_a_namespace_still_finds_its_root(cgroups):
    cgroups.belongs("0::/../../box")
    cgroups.put("cpu.max", "100000 100000")
    assert cgroups.quota() == 1.0


@pytest.mark.parametrize("text", ["", "max", "1 0", "one two", "1 2 3", "\xff"])
def test_a_file_that_makes_no_sense_is_no_quota(cgroups, text):
    cgroups.belongs("0::/")
    cgroups.put("cpu.max", text)
    assert cgroups.quota() is None


def test_no_control_groups_at_all_is_no_quota(tmp_path):
    assert cpu_quota(tmp_path / "sys", tmp_path / "nowhere") is None


@pytest.mark.usefixtures("eight_cores")
@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("max 100000", 8),
        ("1600000 100000", 8),
        ("350000 100000", 3),
        ("100000 100000", 1),
        ("1000 100000", 1),
    ],
)
def test_usable_is_the_smaller_of_affinity_and_quota_and_at_least_one(cgroups, text, cores):
    cgroups.belongs("0::/")
    cgroups.put("cpu.max", text)
    assert cgroups.cores() == cores


def test_the_real_machine_has_a_core():
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_threads_of_one_core_belong_together(tmp_path):
    for core, siblings in {0: "0,2", 1: "1,3", 2: "0,2", 3: "1,3"}.items():
        (tmp_path / f"cpu{core}" / "topology").mkdir(parents=True)
        (tmp_path / f"cpu{core}" / "topology" / "thread_siblings_list").write_text(f"{siblings}\n")
    assert by_physical_core([0, 1, 2, 3], tmp_path) == [[0, 2], [1, 3]]
    assert by_physical_core([0, 1, 3], tmp_path) == [[0], [1, 3]]


def test_where_the_kernel_does_not_say_each_is_a_core_of_its_own(tmp_path):
    assert by_physical_core([0, 1], tmp_path) == [[0], [1]]
