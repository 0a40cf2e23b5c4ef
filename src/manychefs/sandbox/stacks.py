"""What every process of a stuck program waits for, read from the stacks it writes when asked.

    grader ──STACK_SIGNAL──► each process ──faulthandler, in C──► RUN_DIR/<pid>.stack ──► ProcessState

faulthandler answers even where the interpreter cannot: inside a lock, a pipe, a join. What stands
between the innermost frame and the student's own line says what the process waits for.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from manychefs.report import ProcessState, clean
from manychefs.sandbox import tree
from manychefs.sandbox.frames import read_untrusted
from manychefs.sandbox.inside.host import STACK_SIGNAL

PATIENCE = 0.5  # seconds in which a process that can answer at all has answered
LONGEST_DUMP = 64 << 10
LONGEST_SOURCE = 1 << 20
SHOWN_FRAMES = 12
IGNORES_SIGTERM = "it ignores SIGTERM"

_THREAD = re.compile(r"^(?:Current thread|Thread) .*:$")
_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in (?P<function>.*)$')

# (library file, function) on the stack: what the process waits for, in the words of the course.
_WAITS = {
    ("popen_fork.py", "wait"): "waits for another process to end (join)",
    ("popen_forkserver.py", "wait"): "waits for another process to end (join)",
    ("process.py", "join"): "waits for another process to end (join)",
    ("pool.py", "join"): "waits for the pool's workers to end (join)",
    ("pool.py", "get"): "waits for results from its pool",
    ("pool.py", "next"): "waits for the next result from its pool",
    ("pool.py", "worker"): "is an idle pool worker, waiting for a task",
    ("pool.py", "_terminate_pool"): "waits for its pool to stop",
    ("process.py", "_process_worker"): "is an idle executor worker, waiting for a task",
    ("_base.py", "result"): "waits for the result of a future",
    ("synchronize.py", "__enter__"): "waits for a lock",
    ("synchronize.py", "wait"): "waits to be notified (Condition, Event or Barrier)",
    ("queues.py", "get"): "waits for an item from a queue",
    ("queues.py", "put"): "waits for room in a queue",
    ("queues.py", "_feed"): "waits for room in a queue's pipe: nobody takes the items out",
    ("queues.py", "join"): "waits for task_done() on a queue",
    ("queues.py", "_finalize_join"): (
        "cannot end: items it has put are still in its queue and nobody takes them out"
    ),
    ("connection.py", "recv"): "waits for data from a pipe",
    ("connection.py", "recv_bytes"): "waits for data from a pipe",
    ("connection.py", "poll"): "waits for data from a pipe",
    ("connection.py", "send"): "waits for room in a pipe: nobody reads it",
    ("connection.py", "send_bytes"): "waits for room in a pipe: nobody reads it",
    ("managers.py", "_callmethod"): "waits for an answer from a manager",
    ("threading.py", "join"): "waits for a thread to end (join)",
    ("selectors.py", "select"): "waits for input",
}
_CALLS = (
    (re.compile(r"\bacquire\("), "waits for a lock"),
    (re.compile(r"\bsleep\("), "sleeps"),
    (re.compile(r"\bwith\b.*lock", re.IGNORECASE), "waits for a lock"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry of a stack."""

    file: str
    line: int
    function: str


def collect(pids: dict[int, int], run_dir: Path) -> dict[int, list[list[Frame]]]:
    """Ask these processes for their stacks; threads as lists of frames, innermost first.

    Args:
        pids: for each process id the one by which the process knows itself, and names its file.

    A process that does not answer within PATIENCE (it is not Python, or it is not even started)
    is not in the result.
    """
    files = {pid: run_dir / f"{own}.stack" for pid, own in pids.items()}
    asked = [pid for pid, file in files.items() if os.path.lexists(file)]
    for pid in asked:
        with contextlib.suppress(OSError):
            os.kill(pid, STACK_SIGNAL)
    until = time.monotonic() + PATIENCE
    sizes: dict[int, int] = {}
    while time.monotonic() < until:
        time.sleep(0.01)
        now = {pid: _size(files[pid]) for pid in asked}
        if now == sizes and all(now.values()):
            break
        sizes = now
    return {pid: threads for pid in asked if (threads := parse(_read(files[pid])))}


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.lstat().st_size
    return 0


def _read(path: Path) -> str:
    return read_untrusted(path, LONGEST_DUMP).decode("utf-8", "replace")


def parse(dump: str) -> list[list[Frame]]:
    """The threads of a faulthandler dump, the main thread (which it prints last) first."""
    threads: list[list[Frame]] = []
    for line in dump.splitlines():
        if _THREAD.match(line):
            threads.append([])
        elif threads and (found := _FRAME.match(line)):
            threads[-1].append(Frame(found["file"], int(found["line"]), found["function"]))
    return [thread for thread in reversed(threads) if thread]


def describe(
    call_pid: int,
    workers: list[tree.Process],
    stacks: dict[int, list[list[Frame]]],
    submission: Path,
) -> list[ProcessState]:
    """Each process by name, what it waits for and where, the main process first."""
    source = _lines(submission)
    states = []
    # What the main process ignores was ignored before the program began.
    stubborn = (
        set()
        if tree.ignores(call_pid, signal.SIGTERM)
        else {process.pid for process in workers if tree.ignores(process.pid, signal.SIGTERM)}
    )
    ordered = sorted(workers, key=lambda process: (process.pid != call_pid, process.pid))
    for index, process in enumerate(ordered):
        name = "main process" if process.pid == call_pid else f"process {index}"
        state = _state(name, process, stacks.get(process.pid, []), submission.name, source)
        if process.pid in stubborn:
            state.waits_for += f"; {IGNORES_SIGTERM}"
        states.append(state)
    return states


def _state(
    name: str, process: tree.Process, threads: list[list[Frame]], filename: str, source: list[str]
) -> ProcessState:
    if process.state == "Z":
        return ProcessState(name=name, pid=process.pid, waits_for="has ended; nobody has joined it")
    if not threads:
        return ProcessState(name=name, pid=process.pid, waits_for="gave no stack (not Python, or starting)")
    main = _since_start(threads[0])
    own = next((frame for frame in main if os.path.basename(frame.file) == filename), None)
    line = own.line if own else None
    text = source[own.line - 1].strip() if own and 0 < own.line <= len(source) else ""
    waits = [waits_for(main, filename, text)]
    waits += [
        f"its feeder thread {reason}"
        for thread in threads[1:]
        if (reason := _WAITS.get(("queues.py", "_feed"), ""))
        and any(_key(frame) == ("queues.py", "_feed") for frame in thread)
        and any(frame.function in ("_send", "_send_bytes") for frame in thread)
    ]
    return ProcessState(
        name=name,
        pid=process.pid,
        waits_for="; ".join(waits),
        line=line,
        source=clean(text, 200),
        stack=[
            clean(f"{os.path.basename(frame.file)}:{frame.line} in {frame.function}", 200)
            for frame in main[:SHOWN_FRAMES]
        ],
    )


def _since_start(frames: list[Frame]) -> list[Frame]:
    """A stack without what was on it when the process was forked: that is its parent's.

    From Python 3.13 on a process's exit functions run in `_launch`, when `_bootstrap` has returned.
    """
    for index, frame in enumerate(frames):
        if _key(frame) in (("process.py", "_bootstrap"), ("popen_fork.py", "_launch")):
            return frames[: index + 1]
    return frames


def waits_for(frames: list[Frame], filename: str, text: str) -> str:
    """What a thread waits for: the library call nearest to the student's own line that is known."""
    found = ""
    for frame in frames:
        if os.path.basename(frame.file) == filename:
            break
        found = _WAITS.get(_key(frame), found)
    if found:
        return found
    return next((words for pattern, words in _CALLS if pattern.search(text)), "is running")


def _key(frame: Frame) -> tuple[str, str]:
    return os.path.basename(frame.file), frame.function


def _lines(path: Path) -> list[str]:
    return read_untrusted(path, LONGEST_SOURCE).decode("utf-8", "replace").splitlines()
