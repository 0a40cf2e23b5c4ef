"""What is timed beside a submission: the serial run in a process of its own, the control, standing still."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from manychefs.sandbox import tree
from manychefs.speedup.baseline import SerialFailed, run_alone, run_together
from manychefs.speedup.load import SOON, ForeignLoad, Patience
from manychefs.speedup.startup import Startup
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


def test_copies_run_at_once_and_each_gets_the_work_of_one(tmp_path):
    there = tmp_path / "there"

    def serial() -> None:
        """As many come as there are copies, or none of them ends."""
        with there.open("a") as file:
            file.write("x")
        while len(there.read_text()) < 3:
            pass
        until = time.process_time() + 0.1
        while time.process_time() < until:
            pass

    taken = run_together(serial, 3)
    assert there.read_text() == "xxx"
    assert 0.1 <= taken.cpu < taken.wall + 0.1, "one's, not all of them's"
    if Path("/proc/self/schedstat").exists():
        assert taken.turns > 0


@pytest.mark.parametrize("serial", [lambda: 1 / 0, lambda: os._exit(3)], ids=["raises", "ends its process"])
def test_a_copy_that_gives_nothing_is_the_kits_trouble_and_leaves_nobody(serial):
    with pytest.raises(SerialFailed):
        run_together(serial, 2)


def test_starting_costs_something_and_tiny_work_is_done_by_a_call_of_its_own():
    with Startup("fork", 2) as host:
        assert host.seconds() > 0
        assert host.alone(0.2).cpu > 3 * host.alone(0.01).cpu


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
    assert ForeignLoad(tmp_path / "none").idle() is None


class Load(ForeignLoad):
    """Others' load that is made up; it notes how long it was waited for."""

    def __init__(self, *calm: bool) -> None:
        super().__init__()
        self.calm = list(calm)
        self.waited: list[float] = []

    def wait_until_calm(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return self.calm.pop(0)


def test_who_comes_soon_after_another_one_has_waited_in_vain_begins_with_one_look(tmp_path):
    mark = tmp_path / "restless"

    def waited(*calm: bool) -> list[bool]:
        """Of each wait of a measurement that may wait for a second: whether it did."""
        load = Load(*calm)
        patience = Patience(mark, load)
        for _ in calm:
            patience.wait(1.0)
        return [seconds == 1.0 for seconds in load.waited]

    assert waited(False, False) == [True, True]
    assert waited(False, False) == [False, True], "while its verdict is open it waits as ever"
    long_ago = time.time() - SOON - 1
    os.utime(mark, (long_ago, long_ago))
    assert waited(False) == [True]
    assert waited(True) == [False]
    assert waited(True) == [True], "the last one found others calm"
    full = Patience(tmp_path / "no" / "folder", Load(False))
    full.wait(1.0)


@pytest.mark.skipif(not tree.LINUX, reason="reads /proc/stat")
def test_idle_is_what_none_of_our_cores_did(tmp_path):
    load = ForeignLoad(stat(tmp_path, 0))
    cores = len(os.sched_getaffinity(0))
    assert load.idle() == cores
    stat(tmp_path, *[0] * (cores - 1), 1_000_000)
    assert load.idle() == 0.0  # one core cannot have done so much, so it counts as all of them
