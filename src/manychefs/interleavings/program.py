"""The trusted handle on an explored program: its warm host, and one process tree for each schedule.

Program ──control socket──► host (manychefs.interleavings.inside.host) ──fork──► actor main
   ▲                                                                                 │
   └────────── actor main's socket and pidfd, then every other actor's ──────────────┘
"""

from __future__ import annotations

import contextlib
import json
import select
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from manychefs.course import Limits
from manychefs.sandbox import tree
from manychefs.sandbox.confinement import Confinement, Order, Sandbox
from manychefs.sandbox.frames import read_untrusted
from manychefs.sandbox.inside import plain
from manychefs.sandbox.layers.none import Unconfined

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
    limits: Limits = field(default_factory=Limits)


class Program:
    """A program to be run again and again, each time under another schedule.

    A context manager: all processes have ended when it is left.

    Raises (on entering):
        NotImported: if the file cannot be imported.
        HostGone: if the host does not come up.
        NoFunction: if the file has no such function.
    """

    def __init__(self, call: Call, confinement: Confinement | None = None) -> None:
        self.call = call
        self._confinement = confinement or Unconfined()
        self._sandbox: Sandbox | None = None
        self._control: socket.socket
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 — closed in close()
        self.functions: list[str] = []

    def __enter__(self) -> Program:
        self._control, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        call = {
            "name": self.call.name,
            "args": plain.pack(self.call.args),
            "kwargs": plain.pack(self.call.kwargs or {}),
        }
        order = Order(
            module="manychefs.interleavings.inside.host",
            arguments=[str(inner.fileno()), json.dumps(call)],
            submission=self.call.path.absolute(),
            descriptors=(inner.fileno(),),
            output=self._output,
            limits=self.call.limits,
            largest_file_mb=self.call.limits.disk_mb,  # it prints into one of ours
            # The same hashes in every run: the order of a set is no step of the schedule. And what measures
            # the kit's tests is not to be explored.
            environment={"PYTHONHASHSEED": "0", "COVERAGE_PROCESS_CONFIG": ""},
        )
        with inner:
            self._sandbox = self._confinement.start(order)
        try:
            self._await_import()
        except BaseException:
            self.close()
            raise
        return self

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
        assert self._sandbox is not None
        try:
            status = self._sandbox.process.wait(LAST_BREATH)  # its socket closes a moment before it has ended
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
        if self._sandbox is None:
            return
        self._control.close()
        self._sandbox.hang_up(0.5)
        self._output.close()
        self.sweep()
        self._sandbox.remove()
        self._sandbox = None

    def sweep(self) -> list[str]:
        """Remove the shared-memory blocks that the program made and left; returns their names."""
        assert self._sandbox is not None
        noted = self._sandbox.run_dir / "shared_memory"
        names = read_untrusted(noted, 1 << 16).decode("utf-8", "replace").splitlines()
        if not names:
            return []
        left = tree.shared_memory_blocks(list(dict.fromkeys(names)), self._sandbox.shm)
        tree.remove_from_shm(left, self._sandbox.shm)
        with contextlib.suppress(OSError):
            noted.unlink()
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
