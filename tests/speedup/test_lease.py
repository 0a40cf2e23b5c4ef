"""Who holds the machine: checks side by side, a measurement alone. By real processes and their locks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from manychefs.speedup import lease

fcntl = pytest.importorskip("fcntl")

# Says when it asks, when it has it, and lets go when told (a line, or the end of its input).
HOLDER = """
import sys
from pathlib import Path
from manychefs.speedup import lease
print('asks', flush=True)
with lease.machine(alone=sys.argv[1] == 'alone', folder=Path(sys.argv[2])):
    print('holds', flush=True)
    sys.stdin.readline()
print('gone', flush=True)
"""


class Holder:
    """A process that asks for the machine."""

    def __init__(self, folder: Path, how: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, how, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.says() == "asks"

    def says(self) -> str:
        """Its next word, waited for."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def let_go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self.says() == "gone"

    def waits_in_flock(self) -> None:
        """Return when the kernel lists it among those who wait for a lock."""
        while not any(
            "->" in line and str(self.process.pid) in line.split()
            for line in Path("/proc/locks").read_text().splitlines()
        ):
            assert self.process.poll() is None

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def asks(tmp_path: Path) -> Iterator[Callable[[str], Holder]]:
    with ExitStack() as stack:

        def ask(how: str) -> Holder:
            holder = Holder(tmp_path / "leases", how)
            stack.callback(holder.end)
            return holder

        yield ask


needs_locks_list = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="reads /proc/locks")


def test_checks_hold_it_side_by_side(asks):
    holders = [asks("shared") for _ in range(3)]
    assert [holder.says() for holder in holders] == ["holds"] * 3


@needs_locks_list
@pytest.mark.parametrize(("first", "second"), [("alone", "shared"), ("shared", "alone"), ("alone", "alone")])
def test_a_measurement_is_alone(asks, first, second):
    holds = asks(first)
    assert holds.says() == "holds"
    waits = asks(second)
    waits.waits_in_flock()
    holds.let_go()
    assert waits.says() == "holds"


@needs_locks_list
def test_a_measurement_that_waits_keeps_new_checks_out(asks):
    """Or it would starve while checks come and go."""
    early = asks("shared")
    assert early.says() == "holds"
    measurement = asks("alone")
    measurement.waits_in_flock()
    late = asks("shared")
    late.waits_in_flock()
    early.let_go()
    assert measurement.says() == "holds"
    late.waits_in_flock()
    measurement.let_go()
    assert late.says() == "holds"


@needs_locks_list
@pytest.mark.parametrize("how", ["alone", "shared"])
def test_a_killed_holder_lets_go(asks, how):
    holds = asks(how)
    assert holds.says() == "holds"
    waits = asks("alone")
    waits.waits_in_flock()
    holds.end()
    assert waits.says() == "holds"


@needs_locks_list
def test_a_killed_waiter_lets_others_in(asks):
    holds = asks("shared")
    assert holds.says() == "holds"
    waits = asks("alone")
    waits.waits_in_flock()
    waits.end()
    assert asks("shared").says() == "holds"


def test_an_exception_lets_go(tmp_path):
    with pytest.raises(KeyError), lease.machine(alone=True, folder=tmp_path):
        raise KeyError
    with lease.machine(alone=True, folder=tmp_path):
        pass


def test_a_folder_that_cannot_be_written_stops_no_grading(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    with lease.machine(alone=True, folder=blocked / "leases"):
        pass


def test_the_folder_is_the_users_own(tmp_path):
    with lease.machine(alone=False, folder=tmp_path / "leases"):
        assert (tmp_path / "leases").stat().st_mode & 0o077 == 0
