"""What is timed beside a submission: the serial run in a process of its own, the control, standing still."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from manychefs.sandbox import tree
from manychefs.speedup.baseline import SerialFailed, run_alone
from manychefs.speedup.control import Control
from manychefs.speedup.load import ForeignLoad
from manychefs.speedup.still import standing_still


def test_a_serial_run_gives_its_value_and_leaves_nothing_in_this_process():
    kept: list[int] = []

    def serial() -> tuple[int, list[int]]:
        kept.append(1)
        return os.getpid(), kept

    first, taken = run_alone(serial)
    second, _ = run_alone(serial)
    assert first[0] != os.getpid()
    assert first[1] == second[1] == [1], "each in a fresh process"
    assert kept == []
    assert taken.wall > 0


def test_its_cpu_time_is_that_of_the_function():
    def spin() -> None:
        until = time.process_time() + 0.1
        while time.process_time() < until:
            pass

    busy, idle = run_alone(spin)[1], run_alone(lambda: time.sleep(0.1))[1]
    assert busy.cpu > 10 * idle.cpu
    assert idle.wall > 10 * idle.cpu


@pytest.mark.parametrize("serial", [lambda: 1 / 0, lambda: os._exit(3)], ids=["raises", "ends its process"])
def test_a_serial_run_that_gives_nothing_is_the_kits_trouble(serial):
    with pytest.raises(SerialFailed):
        run_alone(serial)


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the kernel keeps no books")
def test_the_control_splits_its_work_evenly_and_alone_does_it_by_one(monkeypatch):
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # measuring its processes is work, too
    with Control("fork", 2) as control:
        split, alone = control.split(0.2), control.alone(0.2)
        assert control.startup_seconds() > 0
    two, one = split.by_process, alone.by_process
    assert sum(two[:2]) / two[0] > 1.5
    assert sum(two[:2]) / sum(two) > 0.7, "and little is done by others"
    # The same work; a core whose other thread is busy is booked up to 1.7 times as much for it.
    assert 0.5 < one[0] / (two[0] + two[1]) < 2
    assert [strip.name for strip in split.strips] == ["main", "p1", "p2"]


@pytest.mark.skipif(not tree.LINUX, reason="reads /proc")
def test_a_host_that_stands_still_does_nothing_and_goes_on_afterwards():
    program = (
        "import os\nif os.fork():\n    os.wait()\nelse:\n    print('there', flush=True)\n    while True: pass"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        pids = [process.pid, *tree.descendants(process.pid)]
        with standing_still([process.pid]):
            while {tree.look(pid).state for pid in pids} != {"T"}:
                pass
        while any(tree.look(pid).state == "T" for pid in pids):
            pass
        tree.kill_descendants(process.pid)
        process.kill()


def stat(folder: Path, *busy: int) -> Path:
    """A /proc/stat of made-up ticks, the same on each of our cores."""
    file = folder / "stat"
    cores = sorted(os.sched_getaffinity(0))
    rows = [f"cpu{core} {ticks} 0 0 999 999 0 0 0 0 0" for core, ticks in zip(cores, busy * 99, strict=False)]
    file.write_text(
        "cpu  5 0 0 9 9 0 0 0 0 0\n" + "\n".join(rows) + f"\ncpu{max(cores) + 1} 10000000 " + "0 " * 9
    )
    return file


@pytest.mark.skipif(not tree.LINUX, reason="reads /proc/stat")
def test_foreign_load_is_what_our_cores_did_that_was_not_ours(tmp_path):
    file = stat(tmp_path, 0)
    load = ForeignLoad(file)
    cores = len(os.sched_getaffinity(0))
    stat(tmp_path, 1_000_000)
    busy = cores * 1_000_000 / os.sysconf("SC_CLK_TCK")
    both = load.cores(), load.cores(own=busy)
    assert both[0] is not None
    assert both[0] > 0
    assert both[1] == 0.0
    file.write_text("nonsense")
    assert ForeignLoad(tmp_path / "none").cores() is None
