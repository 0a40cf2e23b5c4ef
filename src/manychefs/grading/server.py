"""A fork server for graders: pytest is imported once a command, and an exercise's checks collected once.

    command ──order──► fork server ──order──► collected grader ──fork──► in between ──fork──► grader
       ▲  ◄──its pid──────┘  ▲ ◄────its pid─────┘ of the exercise         (ends at once)         │
       │                     └─ keeps one for each exercise                  (pytest + plugin)   │
       └────────────────────── adopts it, waits for it, ends it ─────────────────────────────────┘

A grader is forked twice, so that it is an orphan and becomes the command's own child (the command is a
subreaper): whoever started it by hand and whoever got it from here watch and end it alike. The server runs
neither graders nor submissions itself; it only imports what they need, which takes far longer than a fork.
Where checks cannot be collected, the grader is forked from the server itself, and says into its log why.
Where the command cannot adopt (not Linux), or the server has died, graders are started afresh.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from manychefs.sandbox.confinement import LayerName

if TYPE_CHECKING:
    from manychefs.grading.collected import CollectedGrader

LONGEST_ORDER = 1 << 20  # bytes; arguments and environment of one grader
PLUGINS = ("pytest_timeout", "manychefs.grading.plugin")  # what a grader has beside pytest's own
MOST_COLLECTED = 32  # collected graders that are kept; each has some 13 MB of its own
ANSWER_LIMIT = 60.0  # seconds for the server to start a grader; collecting takes it a fraction of one
END_LIMIT = 2.0  # seconds for it to end with what stands by, which takes it milliseconds


@dataclass(frozen=True, slots=True)
class Order:
    """What a grader is to be: pytest with `arguments` and `options`, in `folder`, printing into `log`.

    command: the process id of who adopts it. grader: the folder of the exercise's grader. arguments: the
    same for all submissions of an exercise. options: the plugin's, by the names under which pytest keeps
    them (`chefs_seed`). layers: what the command has found out about them (see `choice.found`).
    """

    command: int
    grader: str
    arguments: list[str]
    options: dict[str, Any]
    log: str
    folder: str
    environment: dict[str, str]
    layers: dict[LayerName, str]

    def all_arguments(self) -> list[str]:
        """The arguments and the options, as on a command line."""
        options = (f"--{name.replace('_', '-')}={value}" for name, value in self.options.items())
        return [*self.arguments, *options]


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
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "manychefs.grading.server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._socket.settimeout(ANSWER_LIMIT)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def start(self, order: Order) -> Adopted:
        """Have a grader forked.

        Raises:
            OSError: if the server has ended or does not answer.
        """
        message = json.dumps(asdict(order)).encode()
        if len(message) > LONGEST_ORDER:
            raise OSError("the order is too long")
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * LONGEST_ORDER)
        self._socket.send(message)
        answer = self._socket.recv(64)
        if not answer:
            raise OSError("the fork server has ended")
        return Adopted(int(answer))

    def close(self) -> None:
        """End the server. Graders that it has started live on: they are the command's."""
        self._socket.close()
        try:
            self._process.wait(END_LIMIT)  # it ends those that stand by: killed, they would be ours to reap
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve(connection: socket.socket) -> None:
    """Have a grader forked for each order until the command hangs up. In a grader, run pytest and end."""
    from manychefs.grading import collected
    from manychefs.grading.collected import CollectedGrader

    kept: dict[str, CollectedGrader] = {}  # the one that was used last is the last
    while message := connection.recv(LONGEST_ORDER):
        order = json.loads(message)
        name = json.dumps(order["arguments"])
        grader = kept.pop(name, None)
        if grader is not None and grader.stamp != collected.stamp_of(Path(order["grader"])):
            grader.end()
            grader = None
        if grader is None:
            if len(kept) >= MOST_COLLECTED:
                kept.pop(next(iter(kept))).end()
            grader = CollectedGrader(order, [connection, *(each.socket for each in kept.values())])
        kept[name] = grader
        pid = grader.fork(message) or collected.fork_grader()
        if not pid:
            for listening in (connection, *(each.socket for each in kept.values())):
                listening.close()
            collected.become_grader(order)
            collected.run_pytest(Order(**order).all_arguments(), [])
        if grader.is_lost:
            kept.pop(name).end()  # the next order has another one collected
        connection.send(pid)
    for each in kept.values():  # the command has hung up
        each.end()


def _import_what_graders_need() -> None:
    import gc
    import importlib

    from manychefs.sandbox.inside import ahead

    for name in (*PLUGINS, "manychefs.grading.collected", "ctypes"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    ahead.load_pytest()
    _compile_what_runs_inside()
    gc.collect()
    gc.freeze()  # pages that the collector does not touch stay shared with every grader


def _compile_what_runs_inside() -> None:
    """Have the bytecode of what runs in sandboxes kept, as importing it here would.

    Nobody may write it there, so where it is missing each process of a submission compiles the source anew.
    """
    import importlib
    import pkgutil

    for area in ("sandbox", "interleavings", "speedup"):
        package = importlib.import_module(f"manychefs.{area}.inside")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            spec = module.module_finder.find_spec(module.name, None)
            if spec is not None and isinstance(spec.loader, SourceFileLoader):
                with contextlib.suppress(SyntaxError):
                    spec.loader.get_code(module.name)


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
