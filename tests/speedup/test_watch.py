"""The kernel's books, read of real processes; only ratios are asked for, never seconds."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from manychefs.sandbox import tree
from manychefs.speedup.watch import STARTING_TURNS, CpuWatch

pytestmark = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the kernel keeps no books")

# Spins for as many seconds of CPU time as it is told, says so and waits: what it asked for stands.
SPIN = """
import sys, time
seconds = float(sys.argv[1])
while time.process_time() < seconds:
    pass
print('done', flush=True)
sys.stdin.read()
"""


@pytest.fixture
def spinners() -> Iterator[list[int]]:
    """Two that have spun, one five times as long as the other."""
    # Whatever measures these tests is not to add its own work to theirs.
    surroundings = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE")}
    processes = [
        subprocess.Popen(
            [sys.executable, "-I", "-c", SPIN, seconds],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=surroundings,
        )
        for seconds in ("1.0", "0.2")
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    yield [process.pid for process in processes]
    for process in processes:
        process.communicate("")


def test_the_busiest_comes_first_and_the_ratio_is_that_of_the_work(spinners):
    busy, idle = spinners
    watch = CpuWatch()
    watch(idle, [busy])
    assert watch.available
    first, second = watch.cpu_by_process()
    assert 3 < first / second < 6
    assert watch.asked_seconds() >= first + second


def test_what_was_seen_stays_when_the_process_is_gone(spinners):
    watch = CpuWatch()
    watch(spinners[0], spinners[1:])
    seen = watch.cpu_by_process()
    watch(999_999_999, [])
    assert watch.cpu_by_process() == seen


def test_two_looks_at_one_process_are_not_two_processes(spinners):
    watch = CpuWatch()
    for _ in range(3):
        watch(spinners[0], spinners[1:])
    assert len(watch.cpu_by_process()) == 2


def test_threads_of_one_process_are_that_process():
    program = (
        SPIN.replace("import sys", "import threading, sys")
        .replace("print(", "thread = threading.Thread(target=sys.stdin.read); thread.start()\nprint(")
        .replace("sys.stdin.read()\n", "thread.join()\n")
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, "0.05"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        watch = CpuWatch()
        watch(process.pid, [])
        threads = len(list(Path(f"/proc/{process.pid}/task").iterdir()))
        process.communicate("")
    assert threads == 2
    assert len(watch.cpu_by_process()) == 1


HUMBLE = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
print('there', flush=True)
if sys.argv[2] == 'idle':
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
else:
    os.nice(int(sys.argv[2]))
while True: pass
"""


@pytest.mark.parametrize("how", ["idle", "19"])
def test_waiting_at_a_lower_priority_asks_for_nothing(how):
    """A busy process, and one that stands ready beside it on the same core, but lets it go first."""
    core = str(min(os.sched_getaffinity(0)))
    watch = CpuWatch()
    with ExitStack() as stack:
        command = [sys.executable, "-c", HUMBLE, core]
        first, humble = (
            stack.enter_context(subprocess.Popen([*command, each], stdout=subprocess.PIPE))
            for each in ("0", how)
        )
        stack.callback(first.kill)
        stack.callback(humble.kill)
        for process in (first, humble):
            assert process.stdout is not None
            process.stdout.readline()
        waited = 0
        while waited < 200_000_000:
            watch(first.pid, [humble.pid])
            waited = int(Path(f"/proc/{humble.pid}/schedstat").read_text().split()[1])
        watch(first.pid, [humble.pid])
        only = CpuWatch()
        only(first.pid, [])
        ran = int(Path(f"/proc/{humble.pid}/schedstat").read_text().split()[0])
    # What it ran, it asked for; of its waiting nothing is left.
    assert watch.asked_seconds() - only.asked_seconds() <= ran / 1e9 + 1e-6


def test_turns_are_those_of_the_threads_that_did_the_work():
    """As in a Pool: two workers, and in the main process threads that are woken for each task."""
    watch = CpuWatch()
    second = 1_000_000_000
    watch._keep(1, 1, second // 100, 0, 40)  # the main thread
    watch._keep(1, 2, second // 50, 0, 3000)  # hands out tasks
    watch._keep(1, 3, second // 50, 0, 3000)  # collects results
    watch._keep(2, 4, second // 2, 0, STARTING_TURNS + 300)
    watch._keep(3, 5, second // 2, 0, STARTING_TURNS - 1)
    assert watch.turns() == 300
    watch._keep(1, 3, second // 4, 0, 3000)  # what takes a fifth of it all is work as well
    assert watch.turns() == 300 + 3000 - STARTING_TURNS


def test_nothing_seen_is_nothing_asked_for():
    watch = CpuWatch()
    assert (watch.available, watch.asked_seconds(), watch.cpu_by_process()) == (False, 0, [])


def test_books_stay_open_and_are_closed_in_the_end(spinners):
    before = len(os.listdir("/proc/self/fd"))
    with CpuWatch() as watch:
        for _ in range(3):
            watch(spinners[0], spinners[1:])
        assert len(os.listdir("/proc/self/fd")) == before + 2
        seen = watch.cpu_by_process()
    assert len(os.listdir("/proc/self/fd")) == before
    assert len(seen) == 2


def test_a_thread_that_has_gone_has_no_books_and_keeps_no_file_open():
    program = "print('there', flush=True); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], **pipes) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it has run
        books = tree.OpenBooks()
        before = len(os.listdir("/proc/self/fd"))
        ran, _, turns = books.read(process.pid, process.pid)
        process.communicate(b"\n")
    for _ in range(2):
        with pytest.raises((ProcessLookupError, FileNotFoundError)):
            books.read(process.pid, process.pid)
    assert ran > 0
    assert turns > 0
    assert len(os.listdir("/proc/self/fd")) <= before
    books.close()


def test_more_threads_than_files_are_read_all_the_same(spinners, monkeypatch):
    monkeypatch.setattr(tree.OpenBooks, "MOST", 1)
    with CpuWatch() as watch:
        for _ in range(2):
            watch(spinners[0], spinners[1:])
        assert len(watch.cpu_by_process()) == 2


def test_a_thread_begun_meanwhile_is_read_from_the_next_walk_on():
    """Between two walks of the tree the threads are those of the last one."""
    with CpuWatch() as watch:
        watch(os.getpid(), [])
        enough = threading.Event()
        thread = threading.Thread(target=enough.wait)
        thread.start()
        seen = []
        for anew in (False, True):
            watch(os.getpid(), [], anew)
            seen.append(len(watch._threads))
        enough.set()
        thread.join()
    assert seen[1] == seen[0] + 1
