"""Plain repetition: the real program, run again and again, each time in a child forked by a warm process.

    benchmark ──request (JSON)──► warm process ──fork──► the program, with whatever it starts
                                     │ imports the file once    │ value, exception or nothing
                                     ◄──────────────────────────┘ by the time-out, or it is a deadlock

This is what a test does that calls a function many times and hopes. Nothing is replaced, delayed or pinned
beyond what the caller has pinned. It is made as good as it can be: no interpreter is started for a run, the
time of the import does not count, a run under way when the seconds are over may end, and one that does not
end within its time-out counts as caught. Children that nobody has waited for a second after the function
has returned, and shared-memory blocks that are still there, count as caught too.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from manychefs.sandbox import tree
from manychefs.sandbox.inside import host

PATIENCE = 1.0  # seconds in which what ends by itself has ended
BIGGEST = 1 << 16


@dataclass
class Repeated:
    """What repeating has shown: `caught` is the first failure's name, or empty."""

    runs: int = 0
    seconds: float = 0.0
    caught: str = ""
    endings: Counter[str] = field(default_factory=Counter)


def repeat(
    path: Path,
    args: Sequence[object] = (),
    expected: Sequence[object] | None = None,
    runs: int = 1_000_000,
    seconds: float = 1e9,
    time_out: float = 2.0,
) -> Repeated:
    """Run a file's `program` until it fails, or so many times, or until so many seconds are over.

    Args:
        expected: the right results as JSON has them; None: none is wrong, and none ends the repetition.
    """
    asked = {
        "path": str(path),
        "args": list(args),
        "expected": expected,
        "runs": runs,
        "seconds": seconds,
        "time_out": time_out,
    }
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, __file__, json.dumps(asked)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**os.environ, "TMPDIR": folder, host.RUN_DIR: folder},
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{path}: {done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Repeated(**{**found, "endings": Counter(found["endings"])})


# -- in the warm process ---------------------------------------------------------------------------


def serve(asked: dict[str, Any]) -> Repeated:
    """Repeat as asked."""
    program = prepare(Path(asked["path"]))
    found = Repeated()
    started = time.perf_counter()
    while found.runs < asked["runs"] and found.seconds < asked["seconds"]:
        ending = run(program, asked["args"], asked["expected"], asked["time_out"])
        found.runs += 1
        found.endings[ending or "right"] += 1
        found.seconds = time.perf_counter() - started
        if ending and asked["expected"] is not None:
            found.caught = ending
            break
    return found


def prepare(path: Path) -> Any:
    """Import what the program needs and the program, once."""
    import gc
    import multiprocessing.resource_tracker

    tree.become_subreaper()
    multiprocessing.set_start_method("fork", force=True)
    host.note_shared_memory()
    if b"shared_memory" in path.read_bytes():
        multiprocessing.resource_tracker.ensure_running()
    sys.path.insert(0, str(path.parent))
    os.chdir(path.parent)
    program = importlib.import_module(path.stem).program
    gc.collect()
    gc.freeze()
    return program


def run(program: Any, args: Sequence[object], expected: Sequence[object] | None, time_out: float) -> str:
    """One run; what was wrong with it, or nothing."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        be_the_program(program, args, theirs)
    theirs.close()
    has_ended = ends_within(pid, time_out)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    said = said_on(ours)
    blocks = sweep()
    return judged(said, has_ended, blocks, expected)


def be_the_program(program: Any, args: Sequence[object], end: socket.socket) -> None:
    """In the child: run, say what came of it, leave as Python does."""
    os.setpgid(0, 0)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    try:
        said = {"value": json.loads(json.dumps(program(*args)))}
    except BaseException as error:
        said = {"raised": type(error).__name__}
    said["left"] = has_children_left()
    end.send(json.dumps(said).encode())
    host.end_like_python()


def has_children_left() -> bool:
    """Whether there is still a child that nobody has waited for, once what ends by itself has had time to."""
    import gc

    gc.collect()
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        time.sleep(0.01)
    return True


def ends_within(pid: int, seconds: float) -> bool:
    """Whether the process ends in time."""
    pidfd = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    has_ended = bool(poll.poll(seconds * 1000))
    os.close(pidfd)
    return has_ended


def said_on(end: socket.socket) -> dict[str, Any]:
    """What the program has said, if anything."""
    with end:
        end.setblocking(False)
        try:
            data = end.recv(BIGGEST)
        except BlockingIOError:
            return {}
    found: dict[str, Any] = json.loads(data) if data else {}
    return found


def sweep() -> list[str]:
    """Remove the shared-memory blocks that the run has left; returns their names."""
    noted = Path(os.environ[host.RUN_DIR], "shared_memory")
    names = noted.read_text("utf-8").splitlines() if noted.exists() else []
    noted.unlink(missing_ok=True)
    left = tree.shared_memory_blocks(list(dict.fromkeys(names)))
    tree.remove_from_shm(left)
    return left


def judged(
    said: dict[str, Any], has_ended: bool, blocks: list[str], expected: Sequence[object] | None
) -> str:
    """The name of what went wrong in one run, as the engine has it; nothing if all was right."""
    if said.get("left"):
        return "leftovers"
    if not has_ended:
        return "deadlock"
    if "value" not in said:
        return "exception"
    if expected is not None and said["value"] not in expected:
        return "wrong-result"
    return "leftovers" if blocks else ""


if __name__ == "__main__":
    print(json.dumps(vars(serve(json.loads(sys.argv[1])))))
