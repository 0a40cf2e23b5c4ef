"""A fork server for graders: pytest is imported once a command, not once a submission.

    command ──request──► fork server ──fork──► in between ──fork──► grader (pytest + plugin)
       ▲  ◄──its pid──────────┘                 (ends at once)          │
       └────────────── adopts it, waits for it, ends it ────────────────┘

A grader is forked twice, so that it is an orphan and becomes the command's own child (the command is a
subreaper): whoever started it by hand and whoever got it from here watch and end it alike. The server runs
neither graders nor submissions itself; it only imports what they need, which takes far longer than a fork.
Where the command cannot adopt (not Linux), or the server has died, graders are started afresh.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Protocol

from manychefs.sandbox.scratch import SCRATCH, scratch_of_a_command

LONGEST_REQUEST = 1 << 20  # bytes; arguments and environment of one grader
PLUGINS = ("pytest_timeout", "manychefs.grading.plugin")  # what a grader has beside pytest's own
ADOPTION_LIMIT = 10.0  # seconds for the kernel to hand a grader over, which takes it microseconds


class Grader(Protocol):
    """A grader process as its supervisor handles it; `subprocess.Popen` is one."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None:
        """Its exit status once it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; raises subprocess.TimeoutExpired after `timeout` seconds."""

    def kill(self) -> None:
        """Send SIGKILL, if it has not ended."""


class Adopted:
    """A grader that a fork server started and this process adopted."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status once it has ended."""
        return self._reap(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; raises subprocess.TimeoutExpired after `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self._reap(os.WNOHANG if until else 0)) is None:
            if until and time.monotonic() > until:
                raise subprocess.TimeoutExpired("grader", timeout or 0)
            time.sleep(0.005)
        return status

    def kill(self) -> None:
        """Send SIGKILL, if it has not ended. Until it is reaped its pid is nobody else's."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _reap(self, options: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


class GraderServer:
    """A fork server of this process, which must be a subreaper; it imports while the command does.

    Not thread-safe: one `start` at a time (the supervisor's lock sees to it).
    """

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._folder = scratch_of_a_command()  # it may be ended while it tries out a sandbox
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "manychefs.grading.server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | {SCRATCH: str(self._folder)},
                start_new_session=True,
            )
        self._socket.settimeout(ADOPTION_LIMIT * 6)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def start(self, arguments: list[str], log: Path, folder: Path, environment: dict[str, str]) -> Adopted:
        """Have a grader forked: pytest with `arguments`, in `folder`, printing into `log`.

        Raises:
            OSError: if the server has ended or does not answer.
        """
        request = {"arguments": arguments, "log": str(log), "folder": str(folder), "environment": environment}
        message = json.dumps(request | {"command": os.getpid()}).encode()
        if len(message) > LONGEST_REQUEST:
            raise OSError("the request is too long")
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * LONGEST_REQUEST)
        self._socket.send(message)
        answer = self._socket.recv(64)
        if not answer:
            raise OSError("the fork server has ended")
        return Adopted(int(answer))

    def close(self) -> None:
        """End the server. Graders that it has started live on: they are the command's."""
        self._socket.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def serve(connection: socket.socket) -> None:
    """Fork a grader for each request until the command hangs up. In a grader, run pytest and exit."""
    while message := connection.recv(LONGEST_REQUEST):
        request = json.loads(message)
        read, write = os.pipe()
        if between := os.fork():
            os.close(write)
            with os.fdopen(read, "rb") as pipe:
                answer = pipe.read()  # ends when the one in between has
            os.waitpid(between, 0)
            connection.send(answer)
            continue
        if pid := os.fork():
            os.write(write, str(pid).encode())
            os._exit(0)
        for descriptor in (read, write):
            os.close(descriptor)
        connection.close()
        _become_grader(request)
    # The command has hung up.


def _become_grader(request: dict[str, object]) -> None:
    """In the forked process: be as a grader that was started afresh, then run pytest and exit."""
    import pytest

    # Before it is the command's child, its death would be noticed by nobody.
    until = time.monotonic() + ADOPTION_LIMIT
    while os.getppid() != request["command"]:
        if time.monotonic() > until:
            os._exit(70)
        time.sleep(0.0005)
    os.setsid()
    os.chdir(str(request["folder"]))
    log = os.open(str(request["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.close(log)
    os.environ.clear()
    environment, arguments = request["environment"], request["arguments"]
    assert isinstance(environment, dict)
    assert isinstance(arguments, list)
    os.environ.update(environment)
    sys.argv = ["pytest", *arguments]
    code = 70
    try:
        # As modules: a plugin's name would be looked for in what every installed package says of itself.
        code = int(pytest.main(arguments, [sys.modules[name] for name in PLUGINS]))
    except BaseException:
        traceback.print_exc()
    finally:
        # As Python ends, but for taking the modules apart: that would copy every page shared with the server.
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _import_what_graders_need() -> None:
    import gc
    import importlib

    from _pytest.config import default_plugins

    from manychefs.errors import ChefsError
    from manychefs.sandbox import choice
    from manychefs.sandbox.confinement import LAYERS

    # pytest's own plugins, and what they need, it imports when it is run and not before.
    late = ("ctypes", "pdb", "_pytest._argcomplete", *(f"_pytest.{name}" for name in default_plugins))
    for name in (*PLUGINS, *late):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # What confines submissions is tried once here, not in each grader; the command says what does not work.
    with contextlib.suppress(ChefsError):
        held = choice.choose()
        if held != LAYERS[0]:
            choice.trouble.cache_clear()  # a stronger one may only have wanted for a core
            choice.trouble(held)
    gc.collect()
    gc.freeze()  # pages that the collector does not touch stay shared with every grader


def main() -> None:
    """Run the server on the socket whose descriptor is the first argument."""
    from manychefs.sandbox import tree

    tree.die_with_parent()
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    _import_what_graders_need()
    serve(connection)


if __name__ == "__main__":
    main()
