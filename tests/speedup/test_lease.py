"""Who holds the machine: checks side by side, a measurement alone. By real processes and their locks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from manychefs.sandbox import tree
from manychefs.speedup import lease
from manychefs.speedup.cores import usable_cores

fcntl = pytest.importorskip("fcntl")

# Says when it asks, when it has it, and lets go when told (a line, or the end of its input).
HOLDER = """
import os
import sys
from pathlib import Path
from manychefs.speedup import lease
share = lease.Plan([int(core) for core in sys.argv[3].split(',')], region=int(sys.argv[4]))
print('asks', flush=True)
with lease.hold(
    alone=sys.argv[1] == 'alone', folder=Path(sys.argv[2]), share=share, patience=float(sys.argv[5]),
    waits=lambda: print('waits', flush=True),
):
    bound = sorted(os.sched_getaffinity(0)) if share.binds else []
    print('holds', *bound, flush=True)
    sys.stdin.readline()
print('gone', flush=True)
"""


class Holder:
    """A process that asks for the machine."""

    def __init__(self, folder: Path, how: str, cores: str, region: int, patience: float) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, how, str(folder), cores, str(region), str(patience)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.waits = False
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

    def waits_in_flock(self, name: str = "") -> None:
        """Return when it has said that it waits, and the kernel lists it as waiting (for the file `name`)."""
        if not self.waits:
            assert self.says() == "waits"
            self.waits = True
        inode = f":{(self.folder / name).stat().st_ino} " if name else ""
        while not any(
            "->" in line and str(self.process.pid) in line.split() and inode in line
            for line in Path("/proc/locks").read_text().splitlines()
        ):
            assert self.process.poll() is None

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def asks(tmp_path: Path) -> Iterator[Callable[..., Holder]]:
    with ExitStack() as stack:

        def ask(how: str, cores: str = "0,1", region: int = lease.REGION, patience: float = 0) -> Holder:
            holder = Holder(tmp_path / "leases", how, cores, region, patience)
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
def test_a_measurement_whose_patience_is_over_keeps_new_checks_out(asks):
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


def test_a_patient_measurement_lets_checks_go_first(asks):
    early = asks("shared")
    assert early.says() == "holds"
    measurement = asks("alone", patience=3600)
    assert measurement.says() == "waits"
    late = asks("shared")
    assert late.says() == "holds"
    early.let_go()
    late.let_go()
    assert measurement.says() == "holds"


@needs_locks_list
def test_measurements_that_have_gathered_follow_each_other_before_any_check(asks):
    early = asks("shared")
    assert early.says() == "holds"
    first = asks("alone", patience=3600)
    assert first.says() == "waits"
    second = asks("alone", patience=3600)
    second.waits_in_flock("turn")
    early.let_go()
    assert first.says() == "holds"
    second.waits_in_flock("core-0")
    late = asks("shared")
    late.waits_in_flock("gate")
    first.let_go()
    assert second.says() == "holds"
    late.waits_in_flock("core-1")
    second.let_go()
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
    with pytest.raises(KeyError), lease.hold(alone=True, folder=tmp_path):
        raise KeyError
    with lease.hold(alone=True, folder=tmp_path):
        pass


def test_a_folder_that_cannot_be_written_stops_no_grading(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    with lease.hold(alone=True, folder=blocked / "leases"):
        pass


def test_the_folder_is_the_users_own(tmp_path):
    with lease.hold(alone=False, folder=tmp_path / "leases"):
        assert (tmp_path / "leases").stat().st_mode & 0o077 == 0


# -- more cores than one measurement takes ----------------------------------------------------


@pytest.mark.parametrize(
    ("cores", "regions", "rest", "apart", "binds"),
    [
        (1, [[0]], [0], False, False),
        (2, [[0, 1]], [0, 1], False, False),
        (3, [[0, 1]], [0, 1, 2], False, True),
        (4, [[0, 1]], [2, 3], True, True),
        (6, [[0, 1]], [2, 3, 4, 5], True, True),
        (16, [[0, 1], [2, 3], [4, 5], [6, 7]], [8, 9, 10, 11, 12, 13, 14, 15], True, True),
    ],
)
def test_measurements_get_two_cores_each_and_checks_the_rest(cores, regions, rest, apart, binds):
    share = lease.Plan(range(cores))
    assert (share.regions, share.rest, share.apart, share.binds) == (regions, rest, apart, binds)
    assert share.marker == (rest[-1] if apart else regions[0][-1])


@pytest.mark.parametrize(
    ("physical", "regions", "rest", "apart", "binds"),
    [
        ([[0, 1]], [[0, 1]], [0, 1], False, False),
        ([[0, 1], [2, 3]], [[0, 2]], [0, 1, 2, 3], False, True),
        ([[0, 4], [1, 5], [2, 6], [3, 7]], [[0, 1]], [2, 6, 3, 7], True, True),
    ],
    ids=["one core", "two cores", "four cores"],
)
def test_of_two_threads_of_one_core_a_measurement_takes_one_and_nobody_the_other(
    physical, regions, rest, apart, binds
):
    cores = sorted(core for group in physical for core in group)
    share = lease.Plan(cores, physical=physical)
    assert (share.regions, share.rest, share.apart, share.binds) == (regions, rest, apart, binds)
    assert share.marker in (rest if apart else regions[0])


def test_where_a_quota_limits_a_measurement_takes_all_there_is_and_nothing_is_bound():
    share = lease.Plan(range(8), limited=True)
    assert (share.regions, share.rest, share.binds) == ([[*range(8)]], [*range(8)], False)


@pytest.fixture
def unbound_after() -> Iterator[None]:
    """Whoever this process has started may use all cores again: the tests' warm server stayed on one."""
    before = os.sched_getaffinity(0)
    yield
    for pid in tree.descendants(os.getpid()):
        os.sched_setaffinity(pid, before)


@pytest.mark.usefixtures("unbound_after")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores to bind to")
def test_a_measurement_has_all_cores_for_a_while_if_nobody_else_grades(asks, tmp_path):
    both = sorted(os.sched_getaffinity(0))[:2]
    share = lease.Plan(both, region=1)
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process,
        lease.hold(alone=True, folder=tmp_path / "leases", share=share),
    ):
        lease.bind([process.pid])
        with lease.widened(lambda: [process.pid]) as cores:
            assert cores == 2
            assert os.sched_getaffinity(0) == os.sched_getaffinity(process.pid) == {*both}
        assert os.sched_getaffinity(0) == os.sched_getaffinity(process.pid) == {both[0]}
        check = asks("shared", ",".join(map(str, both)), region=1)
        assert check.says() == f"holds {both[1]}"
        with lease.widened(lambda: [process.pid]) as cores:
            assert cores == 1
            assert os.sched_getaffinity(0) == os.sched_getaffinity(process.pid) == {both[0]}
        check.let_go()
        with lease.widened(list) as cores:
            assert cores == 2
            waits = asks("shared", ",".join(map(str, both)), region=1)
            waits.waits_in_flock()
        assert waits.says() == f"holds {both[1]}"
        process.kill()


def test_without_a_lease_nothing_is_widened():
    with lease.widened(list) as cores:
        assert cores == lease.measuring_cores()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores to bind to")
def test_a_measurement_and_a_check_run_side_by_side_bound_to_cores_of_their_own(asks):
    first, second = sorted(os.sched_getaffinity(0))[:2]
    measurement = asks("alone", f"{first},{second}", region=1)
    check = asks("shared", f"{first},{second}", region=1)
    assert measurement.says() == f"holds {first}"
    assert check.says() == f"holds {second}"
    another = asks("alone", f"{first},{second}", region=1)
    another.waits_in_flock()
    measurement.let_go()
    assert another.says() == f"holds {first}"


def test_what_runs_already_is_bound_too_and_given_back_after(tmp_path):
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores to bind to")
    before = os.sched_getaffinity(0)
    share = lease.Plan(sorted(before), region=1)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        with lease.hold(alone=True, folder=tmp_path, share=share):
            lease.bind([process.pid])
            assert os.sched_getaffinity(process.pid) == {min(before)}
            assert lease.measuring_cores() == 1
            assert usable_cores() == len(before), "how many the machine has is not what is held"
        process.kill()
        process.communicate()
    assert os.sched_getaffinity(0) == before


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="binds no process")
def test_who_explores_has_a_core_of_its_own_as_long_as_there_are_enough(tmp_path):
    """Two graders whose process ids had the same parity explored on one core, and the other stood idle."""
    before = os.sched_getaffinity(0)
    cores = sorted(before)
    with ExitStack() as stack:
        taken = [stack.enter_context(lease.narrowed(cores, tmp_path / "leases")) for _ in cores]
        assert sorted(taken) == cores
        assert os.sched_getaffinity(0) == {taken[-1]}
        assert stack.enter_context(lease.narrowed(cores, tmp_path / "leases")) in cores
    assert os.sched_getaffinity(0) == before
    with lease.narrowed(cores[:1], tmp_path / "leases") as core:
        assert core == cores[0]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="binds no process")
def test_a_folder_that_cannot_be_written_stops_nobody_who_explores(tmp_path):
    (tmp_path / "file").touch()
    with lease.narrowed(folder=tmp_path / "file" / "leases") as core:
        assert os.sched_getaffinity(0) == {core}
