"""What a function leaves behind when it has returned is told, and is gone before the next call."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from manychefs.report import Leftovers
from manychefs.sandbox import deadline, tree
from manychefs.sandbox.host import LEFTOVER_GRACE, Host
from manychefs.sandbox.tree import CpuBooks

METHODS = ("fork", "spawn", "forkserver")
RUNNING, ENDED = "a running process", "a process that has ended but was never joined"


def left_by(here: Host, name: str = "f") -> Leftovers:
    outcome = here.call(name)
    assert (outcome.how, outcome.value) == ("value", "returned")
    again = here.call("fine")
    assert again.value == "fine"
    assert not again.leftovers
    return outcome.leftovers


@pytest.mark.parametrize(
    ("method", "daemon"),
    [
        ("fork", True),
        ("fork", False),
        pytest.param("spawn", False, marks=pytest.mark.slow),
        pytest.param("forkserver", False, marks=pytest.mark.slow),
    ],
)
def test_a_process_that_was_never_joined_is_running_still(host, method, daemon):
    source = f"""
    def f():
        Process(target=time.sleep, args=(600,), daemon={daemon}).start()
        return 'returned'
    """
    assert left_by(host(source, method)).processes == [RUNNING]


def test_a_process_that_has_ended_and_was_never_joined_is_a_zombie(host):
    source = """
    def f():
        chef = Process(target=print)
        chef.start()
        os.waitid(os.P_PID, chef.pid, os.WEXITED | os.WNOWAIT)
        return 'returned'
    """
    assert left_by(host(source)).processes == [ENDED]


def test_a_machine_that_has_no_core_for_what_is_about_to_end_puts_that_off(host, monkeypatch):
    """A pool that was closed had not ended after a second, beside a busy core and three other gradings."""
    source = """
    import threading

    def f():
        chef = Process(target=time.sleep, args=(600,))
        chef.start()
        threading.Thread(target=chef.join).start()
        return 'returned'
    """
    began: list[float] = []

    def books(pid: int) -> CpuBooks:
        """Nobody has had a core so far; when the grace is over, the chef gets one at last, and ends."""
        now = time.monotonic()
        began.append(now)
        if now > began[0] + LEFTOVER_GRACE and not tree.descendants(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return CpuBooks(0.0, now - began[0])

    here = host(source)
    assert here.call("fine").value == "fine"
    monkeypatch.setattr(deadline.tree, "cpu_books", books)
    outcome = here.call("f")
    assert (outcome.value, outcome.leftovers.processes) == ("returned", [])


@pytest.mark.parametrize("method", METHODS)
def test_a_pool_that_was_never_closed_and_is_forgotten_is_a_warning(host, method):
    source = """
    def f():
        Pool(2).map(abs, [1, 2])
        return 'returned'
    """
    assert any(
        "unclosed running multiprocessing pool" in text for text in left_by(host(source, method)).warnings
    )


def test_a_pool_that_was_never_closed_and_is_kept_is_its_processes(host):
    source = """
    def f():
        global pool
        pool = Pool(2)
        pool.map(abs, [1, 2])
        return 'returned'
    """
    assert left_by(host(source)).processes == [RUNNING, RUNNING]


def test_a_pool_that_only_a_cycle_keeps_is_found_too(host):
    source = """
    def f():
        ring = [Pool(1)]
        ring.append(ring)
        return 'returned'
    """
    assert any("unclosed running multiprocessing pool" in text for text in left_by(host(source)).warnings)


@pytest.mark.parametrize("line", ["pool.close(); pool.join()", "pool.terminate(); pool.join()"])
def test_a_pool_that_was_closed_and_joined_leaves_nothing(host, line):
    source = f"""
    def f():
        pool = Pool(2)
        pool.map(abs, [1, 2])
        {line}
        return 'returned'
    """
    assert not left_by(host(source))


@pytest.mark.parametrize("method", METHODS)
def test_a_shared_memory_block_that_was_not_unlinked_is_named_and_swept(host, method):
    source = """
    from multiprocessing.shared_memory import SharedMemory
    def f():
        block = SharedMemory(create=True, size=100)
        block.close()
        print(block.name)
        return 'returned'
    """
    here = host(source, method)
    outcome = here.call("f")
    name = outcome.printed.splitlines()[0]  # the library's tracker may have warned by then as well
    assert outcome.leftovers.shared_memory == [name]
    here.close()
    assert not (Path("/dev/shm") / name).exists()


def test_a_shared_memory_block_that_was_unlinked_is_not_left(host):
    """Nor is the library's own resource tracker, which may only just be starting: hence ten times."""
    source = """
    from multiprocessing.shared_memory import SharedMemory
    def f():
        block = SharedMemory(create=True, size=100)
        block.close()
        block.unlink()
        return 'returned'
    """
    here = host(source)
    assert [line for _ in range(10) for line in here.call("f").leftovers.lines()] == []


def test_a_block_of_another_program_is_neither_told_nor_swept(host):
    from multiprocessing import resource_tracker
    from multiprocessing.shared_memory import SharedMemory

    other = SharedMemory(create=True, size=10)
    try:
        assert not left_by(host("def f():\n    return 'returned'\n"))
        assert (Path("/dev/shm") / other.name.lstrip("/")).exists()
    finally:
        other.close()
        other.unlink()
        resource_tracker._resource_tracker._stop()


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_semaphore_of_a_killed_program_is_swept(host, method):
    """Under these methods a semaphore has a name until its maker ends in good order."""
    source = """
    def f():
        global lock
        lock = Lock()
        print(lock._semlock.name)
        sys.stdout.flush()
        os.killpg(0, signal.SIGKILL)
    """
    here = host(source, method)
    outcome = here.call("f")
    name = "sem." + outcome.printed.strip().lstrip("/")
    assert name.startswith("sem.mc")
    here.close()
    assert not (Path("/dev/shm") / name).exists()


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_semaphore_that_something_keeps_is_told(host, method):
    source = """
    def f():
        global lock
        lock = Lock()
        return 'returned'
    """
    left = left_by(host(source, method))
    assert len(left.semaphores) == 1
    assert left.semaphores[0].startswith("sem.mc")


def test_an_orderly_program_leaves_nothing_to_tell(host):
    source = """
    def work(queue, lock, tally):
        with lock:
            tally.value += 1
        queue.put(1)
    def f():
        queue, lock, tally = Queue(), Lock(), Value('i')
        chefs = [Process(target=work, args=(queue, lock, tally)) for _ in range(3)]
        for chef in chefs:
            chef.start()
        for chef in chefs:
            queue.get()
        for chef in chefs:
            chef.join()
        return 'returned'
    """
    for method in METHODS:
        assert left_by(host(source, method)).lines() == []
