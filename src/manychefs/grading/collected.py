"""A collected grader: pytest that has collected an exercise's checks, and is forked for each submission.

    fork server ──fork──► collected grader: stands where pytest would run its checks
         │ ───an order──────►│ ──fork──► in between ──fork──► grader: is told what to grade, and runs them
         │ ◄────its pid──────┘            (ends at once)

Starting pytest and collecting takes longer than all that follows until the student's program runs, and is the
same for every submission. A collected grader has met no submission, and never will. When a file of the
exercise's grader changes, or course.toml, another one is collected.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import pytest

from manychefs.course import MANIFEST, find_course_root
from manychefs.errors import ChefsError
from manychefs.grading import journal, plugin
from manychefs.grading.server import LONGEST_ORDER, PLUGINS
from manychefs.sandbox import choice, tree
from manychefs.sandbox.scratch import SCRATCH

ADOPTION_LIMIT = 10.0  # seconds for the kernel to hand a grader over, which takes it microseconds
STANDS_BY = b"stands by"

Sent = dict[str, Any]
"""An Order as it is sent."""


class CollectedGrader:
    """The fork server's handle on one.

    Args:
        order: of the first submission; what is its alone is left out.
        others: the server's other sockets, which it has nothing to do with.
    """

    def __init__(self, order: Sent, others: list[socket.socket]) -> None:
        self.stamp = stamp_of(Path(order["grader"]))
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if not self._pid:
            tree.die_with_parent()
            tree.hide_memory()
            for each in (self.socket, *others):
                each.close()
            _collect(order, theirs)
        theirs.close()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * LONGEST_ORDER)
        self._stands_by = self.socket.recv(64) == STANDS_BY
        self.is_lost = False
        """Whether it stood by and does no longer."""

    def fork(self, message: bytes) -> bytes:
        """Have a grader forked; its process id, or nothing if checks cannot be collected or it is lost."""
        if not self._stands_by:
            return b""
        with contextlib.suppress(OSError):
            self.socket.send(message)
            if pid := self.socket.recv(64):
                return pid
        self.is_lost = True
        return b""

    def end(self) -> None:
        """End it. Graders that were forked from it live on: they are the command's."""
        self.socket.close()
        os.waitpid(self._pid, 0)


def stamp_of(grader: Path) -> str:
    """What tells whether a file in a grader's folder, or the course's course.toml, has changed."""
    files = [each for each in sorted(grader.rglob("*")) if each.suffix != ".pyc"]
    with contextlib.suppress(ChefsError):
        files.append(find_course_root(grader) / MANIFEST)
    told = []
    for each in files:
        with contextlib.suppress(OSError):
            status = each.stat()
            if not each.is_dir():
                told.append((str(each), status.st_mtime_ns, status.st_size, status.st_ino))
    return json.dumps(told)


def fork_grader() -> bytes:
    """Fork twice. In the caller: the grader's process id. In the grader, which is an orphan: nothing."""
    read, write = os.pipe()
    if between := os.fork():
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            pid = pipe.read()  # ends when the one in between has
        os.waitpid(between, 0)
        return pid
    if grader := os.fork():
        os.write(write, str(grader).encode())
        os._exit(0)
    for descriptor in (read, write):
        os.close(descriptor)
    return b""


def become_grader(order: Sent) -> None:
    """In a forked grader: wait to be adopted by the command, then be as one that was started afresh."""
    # Before it is the command's child, its death would be noticed by nobody.
    until = time.monotonic() + ADOPTION_LIMIT
    while os.getppid() != order["command"]:
        if time.monotonic() > until:
            os._exit(70)
        time.sleep(0.0005)
    os.setsid()
    os.chdir(order["folder"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.close(log)
    os.environ.clear()
    os.environ.update(order["environment"])
    choice.take_over(order["layers"])


def run_pytest(arguments: list[str], more: list[object]) -> None:
    """Run pytest with the plugins that a grader has, and those given; then end this process."""
    sys.argv = ["pytest", *arguments]
    code = 70
    try:
        # As modules: a plugin's name would be looked for in what every installed package says of itself.
        code = int(pytest.main(arguments, [*(sys.modules[name] for name in PLUGINS), *more]))
    except BaseException:
        traceback.print_exc()
    finally:
        # As Python ends, but for taking the modules apart: that would copy every page shared with the server.
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _collect(order: Sent, connection: socket.socket) -> None:
    """In the process that is to stand by: collect, stand by, and end when the server hangs up."""
    os.chdir(order["grader"])
    alone = (journal.KEY, SCRATCH)
    os.environ.clear()
    os.environ.update({name: value for name, value in order["environment"].items() if name not in alone})
    run_pytest(order["arguments"], [_StandsBy(connection)])


class _StandsBy:
    """The pytest plugin that stands by once the checks are collected, and goes on in each grader."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        if session.testsfailed:
            os._exit(1)  # a grader of its own says what could not be collected
        gc.collect()
        gc.freeze()  # pages that the collector does not touch stay shared with every grader
        self._connection.send(STANDS_BY)
        while message := self._connection.recv(LONGEST_ORDER):
            if pid := fork_grader():
                self._connection.send(pid)
                continue
            self._connection.close()
            order = json.loads(message)
            become_grader(order)
            for name, value in order["options"].items():
                setattr(session.config.option, name, value)
            plugin.enlist(session.config)
            return
        os._exit(0)
