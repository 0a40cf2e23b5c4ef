"""The process tree as it is seen from outside, tried on real processes of this test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from manychefs.sandbox import tree
from manychefs.sandbox.inside.host import RUN_DIR

pytestmark = pytest.mark.skipif(not tree.LINUX, reason="reads /proc")

FAMILY = """
import os, sys
levels = int(sys.argv[1])
while levels and os.fork() == 0:
    levels -= 1
if not levels:
    print(os.getpid(), flush=True)
sys.stdin.read()
"""


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            tree.kill_descendants(process.pid)
            process.kill()


@contextmanager
def family(levels: int) -> Iterator[tuple[int, int]]:
    """A process with a chain of descendants; its id and that of the last of them."""
    with started(sys.executable, "-c", FAMILY, str(levels)) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())


def test_children_and_descendants_are_seen():
    with family(3) as (first, last):
        below = tree.descendants(first)
        assert len(below) == 3
        assert below[-1] == last
        assert tree.children(first) == below[:1]
        seen = tree.look(last)
        assert seen is not None
        assert (seen.pid, seen.parent, seen.role) == (last, below[1], "worker")


def test_a_process_is_looked_at_again_for_what_changes():
    with started("cat") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("up\n")
        process.stdin.flush()
        process.stdout.readline()  # only now it is surely that program
        seen = tree.look(process.pid)
        assert seen is not None
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        assert tree.look_again(seen) == tree.Process(process.pid, os.getpid(), "T", "worker")
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert tree.look_again(seen) == tree.Process(process.pid, os.getpid(), "Z", "worker")
    assert tree.look_again(seen) is None


def test_a_process_that_is_gone_is_none():
    with family(0) as (first, _):
        pass
    assert tree.look(first) is None
    assert tree.children(first) == []
    assert tree.cpu_seconds(first) == 0


def test_a_name_with_brackets_and_blanks_is_read_right(tmp_path):
    program = tmp_path / "a) Z 1 (b"
    program.symlink_to("/bin/cat")
    with started(str(program)) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("up\n")
        process.stdin.flush()
        process.stdout.readline()
        seen = tree.look(process.pid)
    assert seen is not None
    assert seen.parent == os.getpid()
    assert seen.state in ("R", "S"), "not the Z in its name"


def test_a_zombie_is_a_zombie():
    with started("/bin/true") as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        seen = tree.look(process.pid)
    assert seen is not None
    assert seen.state == "Z"


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("from multiprocessing.resource_tracker import main;main(3)", "resource tracker"),
        ("from multiprocessing.forkserver import main; main(1, 2, [])", "fork server"),
        ("from multiprocessing.spawn import spawn_main", "worker"),
    ],
)
def test_the_librarys_helpers_are_known_by_their_command(words, role):
    with started(
        sys.executable, "-c", "import sys; print(1, flush=True); sys.stdin.read()", words
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seen = tree.look(process.pid)
    assert seen is not None
    assert seen.role == role


def test_a_fork_of_the_fork_server_is_a_worker():
    """It has the very same command line."""
    with started(sys.executable, "-c", FAMILY, "1", "multiprocessing.forkserver") as process:
        assert process.stdout is not None
        child = tree.look(int(process.stdout.readline()))
        server = tree.look(process.pid)
        assert [each.pid for each in tree.workers(process.pid)] == [child.pid if child else 0]
    assert server is not None
    assert child is not None
    assert (server.role, child.role) == ("fork server", "worker")


def test_killing_what_is_below_kills_all_of_it_and_not_the_top():
    with family(3) as (first, _):
        assert tree.kill_descendants(first) == 3
        assert [each.state for pid in tree.descendants(first) if (each := tree.look(pid))] in ([], ["Z"])
        top = tree.look(first)
        assert top is not None
        assert top.state != "Z"
        assert tree.kill_descendants(first) == 0


def test_a_stopped_process_and_one_that_ignores_signals_are_killed_too():
    with family(1) as (first, last):
        os.kill(last, signal.SIGSTOP)
        assert tree.kill_descendants(first) == 1
    deaf = "trap '' HUP INT TERM; (echo up; sleep 600) & wait"
    with started("/bin/sh", "-c", deaf) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        assert tree.kill_descendants(shell.pid) >= 1
        assert all(seen.state == "Z" for pid in tree.descendants(shell.pid) if (seen := tree.look(pid)))


def test_a_process_that_is_only_just_being_started_is_killed_too():
    """In the middle of exec a process has no command line yet, and is no zombie for that."""
    for _ in range(30):
        with started("/bin/sh", "-c", f"{sys.executable} -c 'input()' & echo $!; wait") as shell:
            assert shell.stdout is not None
            child = int(shell.stdout.readline())
            tree.kill_descendants(shell.pid)
            # Its own state, as the kernel has it: killed, and waited for by the shell or not yet.
            with suppress(FileNotFoundError, ProcessLookupError):
                assert Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"


ORPHAN = """
import os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork():
        print(os.getpid(), flush=True)
    signal.pause()
"""


@contextmanager
def orphan(environment: dict[str, str]) -> Iterator[int]:
    """The process id of a daemon, which has a child, made by a process that is gone."""
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.wait()
        try:
            yield pid
        finally:
            tree.kill_descendants(pid)
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def test_what_escaped_from_a_host_is_an_orphan_and_is_killed_with_what_it_started():
    """Hosts mark what they start by its environment."""
    with orphan({RUN_DIR: "somewhere"}) as pid:
        below = tree.descendants(pid)
        assert pid in tree.orphans(own=())
        assert pid not in tree.orphans(own={pid})
        tree.kill_orphans(own=())
        assert tree.look(pid) is None
        (child,) = map(tree.look, below)
        assert child is None or child.state == "Z"


def test_a_child_of_another_kind_is_no_orphan_unless_all_are_adopted():
    with orphan({}) as pid:
        assert pid not in tree.orphans(own=())
        tree.kill_orphans(own=())
        assert tree.look(pid) is not None


def test_who_adopts_takes_every_child_not_its_own_for_an_orphan():
    """In a process of its own: adopting cannot be taken back."""
    program = """
import os, subprocess, sys
from manychefs.sandbox import tree
tree.adopt_orphans()
own = subprocess.Popen(["sleep", "600"])
other = subprocess.Popen(["sleep", "600"], env={})
assert tree.orphans({own.pid}) == [other.pid]
tree.kill_orphans({own.pid})
assert tree.look(other.pid) is None
assert own.poll() is None
own.kill()
own.wait()
other.returncode = -9
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_memory_of_a_process_grows_with_what_it_holds():
    program = "import sys; data = bytearray(int(sys.argv[1])); print(1, flush=True); sys.stdin.read()"
    with (
        started(sys.executable, "-c", program, "1") as small,
        started(sys.executable, "-c", program, str(64 << 20)) as large,
    ):
        for process in (small, large):
            assert process.stdout is not None
            process.stdout.readline()
        grown = tree.memory_bytes([large.pid]) - tree.memory_bytes([small.pid])
        both = tree.memory_bytes([small.pid, large.pid])
    assert 60 << 20 < grown < 80 << 20
    assert both > grown
    assert tree.memory_bytes([small.pid]) == 0


@pytest.fixture
def in_shm() -> Iterator[Path]:
    path = Path("/dev/shm") / f"mct_{os.getpid()}"
    path.touch()
    yield path
    path.unlink(missing_ok=True)


def test_entries_of_shared_memory_are_found_and_removed_by_name(in_shm):
    assert tree.shared_memory_blocks([f"/{in_shm.name}", "no-such-block"]) == [in_shm.name]
    tree.remove_from_shm([in_shm.name, "no-such-block"])
    assert not in_shm.exists()


def test_a_name_that_leads_out_of_the_folder_is_no_block(tmp_path):
    victim = tmp_path / "thesis.tex"
    victim.touch()
    ways = [f"..{victim}", f"../..{victim}", str(victim), "..", ".", "", "/"]
    tree.remove_from_shm(tree.shared_memory_blocks(ways))
    assert victim.exists()


def test_the_resource_tracker_of_this_process_is_nobodys_orphan(monkeypatch):
    """Killed, it would be missed by the next semaphore or block that this process itself makes."""
    from multiprocessing import resource_tracker

    others = set(tree.children(os.getpid()))
    resource_tracker.ensure_running()
    try:
        pid = resource_tracker._resource_tracker._pid
        monkeypatch.setattr(tree, "_adopting", True)
        tree.kill_orphans(others - {pid})
        assert os.waitpid(pid, os.WNOHANG) == (0, 0)
    finally:
        resource_tracker._resource_tracker._stop()
