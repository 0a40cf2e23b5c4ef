"""The trusted handle on an explored program: its warm host, and one process tree for each schedule.

Program ──control socket──► host (manychefs.interleavings.inside.host) ──fork──► actor main
   ▲                                                                                 │
   └────────── actor main's socket and pidfd, then every other actor's ──────────────┘
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manychefs.sandbox import tree
from manychefs.sandbox.confinement import Confinement, Unconfined
from manychefs.sandbox.host import own_children, scratch_folder
from manychefs.sandbox.inside import plain
from manychefs.sandbox.inside.host import RUN_DIR

IMPORT_LIMIT = 20.0  # seconds for the host to start and import the file
LAST_BREATH = 0.5  # seconds in which a host whose socket has closed has ended
KEPT_OUTPUT = 16 << 10  # bytes of what one schedule prints that are kept


class HostGone(Exception):
    """The host ended or fell silent. `how` says how."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class NotImported(Exception):
    """The file could not be imported. `error` is the exception as the host describes it."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(str(error.get("message", "")))
        self.error = error


class NoFunction(Exception):
    """The file has nothing of that name that can be called. `functions` are those that it defines."""

    def __init__(self, functions: list[str]) -> None:
        super().__init__(", ".join(functions))
        self.functions = functions


@dataclass(frozen=True)
class Call:
    """What to run: a function of a file, with plain arguments."""

    path: Path
    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None
    memory_mb: int = 1024


class Program:
    """A program to be run again and again, each time under another schedule.

    A context manager: all processes have ended when it is left.

    Raises (on entering):
        NotImported: if the file cannot be imported.
        HostGone: if the host does not come up.
        NoFunction: if the file has no such function.
    """

    def __init__(self, call: Call, confinement: Confinement | None = None, cpu: int | None = None) -> None:
        self.call = call
        self._confinement = confinement or Unconfined()
        self._cpu = cpu
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 — closed in close()
        self._run_dir = Path()
        self.functions: list[str] = []

    def __enter__(self) -> Program:
        self._run_dir = scratch_folder()
        self._control, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        call = {
            "name": self.call.name,
            "args": plain.pack(self.call.args),
            "kwargs": plain.pack(self.call.kwargs or {}),
        }
        command = [
            *(sys.executable, "-I", "-B", "-m", "manychefs.interleavings.inside.host"),
            *(str(inner.fileno()), str(self.call.path.absolute()), str(self.call.memory_mb)),
            json.dumps(call),
        ]
        self._process = subprocess.Popen(
            self._confinement.command(command, self.call.path),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            pass_fds=(inner.fileno(),),
            start_new_session=True,
            env=self._environment(),
        )
        if self._cpu is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self._process.pid, {self._cpu})
        own_children.add(self._process.pid)
        inner.close()
        try:
            self._await_import()
        except BaseException:
            self.close()
            raise
        return self

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        # The same hashes in every run: the order of a set is no step of the schedule.
        return kept | {
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "TMPDIR": str(self._run_dir),
            RUN_DIR: str(self._run_dir),
        }

    def _await_import(self) -> None:
        until = time.monotonic() + IMPORT_LIMIT
        message = self._receive(until)
        if "import" in message:
            raise NotImported(message["import"] if isinstance(message["import"], dict) else {})
        ready = message.get("ready")
        self.functions = [str(name) for name in ready] if isinstance(ready, list) else []
        if message.get("has") is not True:
            raise NoFunction(self.functions)

    def _receive(self, until: float) -> dict[str, Any]:
        data = self._wait(until) and self._control.recv(1 << 20)
        try:
            message = json.loads(data) if data else None
        except ValueError:
            message = None
        if not isinstance(message, dict):
            raise HostGone(self._ending())
        return message

    def _wait(self, until: float) -> bool:
        ready, _, _ = select.select([self._control], [], [], max(0.0, until - time.monotonic()))
        return bool(ready)

    def _ending(self) -> str:
        assert self._process is not None
        try:
            status = self._process.wait(LAST_BREATH)  # its socket closes a moment before it has ended
        except subprocess.TimeoutExpired:
            return f"its import took longer than {IMPORT_LIMIT:.0f} s"
        return f"it ended the interpreter (exit status {status})"

    def begin(self, log: bool, tight: bool) -> tuple[socket.socket, int]:
        """Fork the program; returns actor main's socket and its process's pidfd.

        Args:
            log: whether its actors tell every step. tight: whether pipes hold as little as they can.

        Raises:
            HostGone: if there is no host any more.
        """
        self._output.seek(0)
        self._output.truncate()
        try:
            self._control.send(json.dumps({"run": True, "log": log, "tight": tight}).encode())
            if not self._wait(time.monotonic() + IMPORT_LIMIT):
                raise HostGone("it did not answer")
            _, descriptors, _, _ = socket.recv_fds(self._control, 64, 2)
        except OSError as error:
            raise HostGone(str(error)) from None
        if len(descriptors) != 2:
            raise HostGone(self._ending())
        return socket.socket(fileno=descriptors[0]), descriptors[1]

    def end(self) -> None:
        """The schedule is over: have the host reap what it left."""
        with contextlib.suppress(OSError):
            self._control.send(b'{"next": true}')

    def printed(self) -> str:
        """What the last schedule printed, from its beginning."""
        self._output.seek(0)
        return self._output.read(KEPT_OUTPUT).decode("utf-8", "replace")

    def close(self) -> None:
        """End the host and everything below it; take away what they left on the system."""
        if self._process is None:
            return
        process, self._process = self._process, None
        self._control.close()
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            tree.kill_descendants(process.pid)
            process.kill()
            process.wait()
        own_children.discard(process.pid)
        tree.kill_orphans(own_children)
        self._output.close()
        self.sweep()
        shutil.rmtree(self._run_dir, ignore_errors=True)

    def sweep(self) -> list[str]:
        """Remove the shared-memory blocks that the program made and left; returns their names."""
        noted = self._run_dir / "shared_memory"
        try:
            names = noted.read_text("utf-8", "replace").splitlines()
        except OSError:
            return []
        left = tree.shared_memory_blocks(list(dict.fromkeys(names)))
        tree.remove_from_shm(left)
        noted.unlink(missing_ok=True)
        return left

    def __exit__(self, *_details: object) -> None:
        self.close()


def kill(pidfd: int) -> None:
    """Kill the process of a pidfd, if it is still there."""
    with contextlib.suppress(OSError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def has_ended(pidfd: int, seconds: float = 0.0) -> bool:
    """Whether the process of a pidfd has ended, after waiting for up to `seconds` for it."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
