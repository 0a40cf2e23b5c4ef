"""The trusted handle on a host process: start it, call into it, watch it, end it.

One Host serves one submission under one start method. A call ends in exactly one Outcome, whatever
the submission does; after anything but a clean end the host is killed with all that it started, and
the next call starts a new one. Everything is done by one thread: it waits on the reply pipe and on
the program's output, looks at the process tree, and keeps the deadline.

The clock that times a call is the grader's: from the request to the first whole reply.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from manychefs.course import Limits, StartMethod
from manychefs.report import Leftovers, ProcessState, clean
from manychefs.sandbox import stacks, tree
from manychefs.sandbox.confinement import Confinement, Unconfined
from manychefs.sandbox.frames import LARGEST, BadFrame, FrameReader, read_untrusted, write_frame
from manychefs.sandbox.inside import plain
from manychefs.sandbox.inside.host import RUN_DIR

SCRATCH = "MANYCHEFS_SCRATCH"
"""Environment variable of the folder for temporary folders, which whoever set it takes away."""

KEPT_OUTPUT = 64 << 10  # bytes of what a call prints, from its beginning; the rest is only counted
LOOK = 0.01  # seconds between two looks at the process tree
LEFTOVER_GRACE = 1.0  # seconds in which what ends by itself after the function's return has ended
EXIT_GRACE = 1.0  # seconds that a program may take to end after its function has returned

How = Literal[
    "value",  # it returned plain data
    "refused",  # it returned something else
    "raised",  # it raised
    "import",  # the file could not be imported
    "ended",  # it ended the interpreter without an answer
    "deadline",  # it was still running when its time was up
    "limit",  # it went over a limit; `error["what"]` says which
    "channel",  # it wrote into the grader's channel
]


@dataclass(slots=True)
class Outcome:
    """How one call ended, and what was seen of it from outside.

    seconds: wall-clock time from request to reply. cpu_seconds: CPU time of the call process and
    of those that it waited for. at_once, processes: the most workers alive at one time, and how many
    different ones, as seen every few milliseconds. bytes_written, writes: what its processes wrote to
    pipes, sockets and files, without the reply (and, of the bytes, without what they printed); None
    where the system does not count it.
    """

    how: How
    value: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    printed: str = ""
    printed_bytes: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    at_once: int = 0
    processes: int = 0
    bytes_written: int | None = None
    writes: int | None = None
    leftovers: Leftovers = field(default_factory=Leftovers)
    stuck: list[ProcessState] = field(default_factory=list)


Watch = Callable[[int, list[int]], None]
"""Called with the call process's id and its descendants' at each look at the tree."""


def scratch_folder() -> Path:
    """A new temporary folder; in the supervisor's own where there is one, so that none outlives it."""
    return Path(tempfile.mkdtemp(prefix="manychefs-", dir=os.environ.get(SCRATCH)))


class Host:
    """A host process for one submission under one start method; started at the first call.

    Args:
        submission: the student's file, as copied for grading; its stem is the module's name.
        start_method: what `multiprocessing` is set to before the import.
        limits: what one call may use.
        confinement: how the host's processes are confined.
    """

    def __init__(
        self,
        submission: Path,
        start_method: StartMethod,
        limits: Limits,
        confinement: Confinement | None = None,
    ) -> None:
        self.submission = submission
        self.start_method = start_method
        self.limits = limits
        self.functions: list[str] = []
        self._confinement = confinement or Unconfined()
        self._process: subprocess.Popen[bytes] | None = None
        self._run_dir = Path()
        self._token = ""
        self._request_fd = -1
        self._output_fd = -1
        self._reader: FrameReader | None = None
        self._output = bytearray()
        self._printed_bytes = 0
        self._ready = False
        self._unimportable: Outcome | None = None

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process and its import, without waiting for either."""
        if self._process is not None:
            return
        self._token = f"mc{secrets.token_hex(5)}"
        self._run_dir = scratch_folder()
        request_in, self._request_fd = os.pipe()
        reply_out, reply_in = os.pipe()
        self._output_fd, output_in = os.pipe()
        arguments = [
            *(str(descriptor) for descriptor in (request_in, reply_in)),
            str(self.submission.parent),
            self.submission.stem,
            self.start_method,
            str(self.limits.memory_mb),
            self._token,
        ]
        command = [sys.executable, "-I", "-B", "-m", "manychefs.sandbox.inside.host", *arguments]
        try:
            self._process = subprocess.Popen(
                self._confinement.command(command, self.submission),
                stdin=subprocess.DEVNULL,
                stdout=output_in,
                stderr=output_in,
                pass_fds=(request_in, reply_in),
                start_new_session=True,
                env=self._environment(),
            )
        finally:
            for descriptor in (request_in, reply_in, output_in):
                os.close(descriptor)
        os.set_blocking(self._output_fd, False)
        os.set_blocking(self._request_fd, False)
        self._reader = FrameReader(reply_out)
        self._ready = False
        own_children.add(self._process.pid)

    def _environment(self) -> dict[str, str]:
        # Minimal, so that no secret of the grader's environment is there to be read. Coverage's own
        # variable lets the kit's tests measure what runs inside.
        kept = ("PATH", "HOME", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")
        passed = {name: os.environ[name] for name in kept if name in os.environ}
        return passed | {
            "LANG": "C.UTF-8",
            "TMPDIR": str(self._run_dir),
            RUN_DIR: str(self._run_dir),
        }

    @property
    def pid(self) -> int | None:
        """The host's process id while it runs."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the host and everything that it started; take away what they left on the system."""
        if self._process is None:
            return
        process, self._process = self._process, None
        with contextlib.suppress(OSError):
            os.close(self._request_fd)  # an idle host ends by itself when it sees this
        if not self._ready or self._reader is None:
            process.kill()
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            self._kill_tree(process)
        own_children.discard(process.pid)
        tree.kill_orphans(own_children)
        assert self._reader is not None
        for descriptor in (self._reader.descriptor, self._output_fd):
            os.close(descriptor)
        self._sweep()
        for _ in range(20):
            shutil.rmtree(self._run_dir, ignore_errors=True)
            if not self._run_dir.exists():
                break
            # Somebody still writes there: one that forks faster than it was killed.
            tree.kill_carriers(f"{RUN_DIR}={self._run_dir}")

    def _kill_tree(self, process: subprocess.Popen[bytes]) -> None:
        tree.kill_descendants(process.pid)
        process.kill()
        process.wait()

    def _sweep(self) -> None:
        tree.remove_from_shm(tree.named_semaphores(self._token))
        tree.remove_from_shm(tree.shared_memory_blocks(self._noted_blocks()))

    def _abandon(self) -> None:
        """After anything unclean: kill all, so that the next call starts from nothing."""
        if self._process is not None:
            self._kill_tree(self._process)
            tree.kill_carriers(f"{RUN_DIR}={self._run_dir}")
        self.close()

    # -- one call -----------------------------------------------------------------------------

    def call(
        self,
        name: str,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        seconds: float | None = None,
        delays: int = 0,
        watch: Watch | None = None,
        look: float = LOOK,
        grace: float = LEFTOVER_GRACE,
    ) -> Outcome:
        """Call the student's function `name` and see it through to its end.

        Args:
            seconds: this call's deadline (default: the exercise's limit).
            delays: a seed for random pauses around shared operations; 0 for none.
            watch: called at each look at the process tree.
            look: seconds between two looks.
            grace: seconds for what ends by itself after the function's return.

        Raises:
            plain.NotPlain: if an argument is not plain data.
        """
        limit = seconds or self.limits.seconds
        request = {
            "name": name,
            "args": plain.pack(args),
            "kwargs": plain.pack(kwargs or {}),
            "delays": delays,
        }
        if self._unimportable is not None:
            # The same file will not import better the next time.
            return self._unimportable
        self.start()
        self._output.clear()
        self._printed_bytes = 0
        seen = _Seen(watch)
        outcome = self._await_import(limit) or self._run(request, limit, look, grace, seen)
        outcome.printed = clean(bytes(self._output).decode("utf-8", "replace"))
        outcome.printed_bytes = self._printed_bytes
        outcome.at_once, outcome.processes = seen.at_once, len(seen.pids)
        if outcome.how not in ("value", "raised", "refused") or self._left_running():
            self._abandon()
        return outcome

    def _await_import(self, limit: float) -> Outcome | None:
        """Wait until the file is imported; an Outcome if it cannot be."""
        if self._ready:
            return None
        assert self._process is not None
        until = time.monotonic() + limit
        try:
            frame = self._wait_for_frame(until)
        except EOFError:
            self._unimportable = Outcome("import", error=error_of({"type": "SystemExit"}))
        except BadFrame as error:
            self._unimportable = Outcome("channel", error={"reason": str(error)})
        else:
            if frame is None:
                self._unimportable = self._stuck(self._process.pid, limit, during="import")
            elif "ready" in frame:
                self._ready = True
                self.functions = [clean(str(each), 100) for each in _list(frame["ready"])]
            else:
                self._unimportable = Outcome("import", error=error_of(frame.get("import")))
        return self._unimportable

    def _run(self, request: dict[str, Any], limit: float, look: float, grace: float, seen: _Seen) -> Outcome:
        assert self._process is not None
        before = (set(tree.named_semaphores(self._token)), set(self._noted_blocks()))
        started = time.monotonic()
        call_pid = 0
        try:
            write_frame(self._request_fd, request, started + limit)
            while True:
                frame = self._wait_for_frame(min(started + limit, time.monotonic() + look))
                now = time.monotonic()
                if frame is None:
                    if call_pid:
                        below = tree.descendants(call_pid)
                        seen.look(call_pid, below)
                        if over := self._over_limit(call_pid, below):
                            return over
                    if now >= started + limit:
                        return self._stuck(call_pid or self._process.pid, limit)
                elif "call" in frame and not call_pid:
                    call_pid = self._own_child(frame["call"])
                elif "ended" in frame:
                    status = frame["ended"] if type(frame["ended"]) is int else None
                    return Outcome("ended", error={"status": status}, seconds=now - started)
                else:
                    break
        except TimeoutError:
            return self._stuck(self._process.pid, limit)
        except (EOFError, BrokenPipeError):
            return Outcome("ended", error={"status": None}, seconds=time.monotonic() - started)
        except BadFrame as error:
            if error.too_large:
                what = f"returned {error.too_large >> 20:,} MB of data; the limit is {LARGEST >> 20} MB"
                return Outcome("limit", error={"what": what})
            return Outcome("channel", error={"reason": str(error)})
        outcome = self._outcome(frame, now - started)
        call_pid = call_pid or self._call_process()
        seen.look(call_pid, tree.descendants(call_pid))
        outcome.cpu_seconds = tree.cpu_seconds(call_pid)
        self._count_writes(outcome, call_pid)
        outcome.leftovers = self._leftovers_after_grace(call_pid, before, frame, grace)
        self._let_end(outcome)
        return outcome

    def _count_writes(self, outcome: Outcome, call_pid: int) -> None:
        """Note what the call's processes have written; the call process waits, its reply has been read."""
        assert self._reader is not None
        if (counted := tree.written([call_pid, *tree.descendants(call_pid)])) is not None:
            size, calls = counted
            outcome.bytes_written = max(size - self._reader.last_size - self._printed_bytes, 0)
            outcome.writes = max(calls - 1, 0)

    def _own_child(self, pid: object) -> int:
        """The call process's id as the host says it, if it is a child of the host indeed."""
        assert self._process is not None
        return pid if isinstance(pid, int) and pid in tree.children(self._process.pid) else 0

    def _call_process(self) -> int:
        """A reply may overtake the host's own word of whom it forked: the youngest child it is."""
        assert self._process is not None
        return max(
            (
                pid
                for pid in tree.children(self._process.pid)
                if (seen := tree.look(pid)) and seen.role == "worker"
            ),
            default=self._process.pid,
        )

    def _outcome(self, frame: dict[str, Any], seconds: float) -> Outcome:
        if "value" in frame:
            try:
                return Outcome("value", value=plain.unpack(frame["value"]), seconds=seconds)
            except plain.NotPlain as error:
                return Outcome("channel", error={"reason": str(error)})
        if "raised" in frame:
            return Outcome("raised", error=error_of(frame["raised"]), seconds=seconds)
        if "refused" in frame:
            refused = frame["refused"] if isinstance(frame["refused"], dict) else {}
            words = {key: clean(str(refused.get(key, "")), 200) for key in ("what", "where")}
            return Outcome("refused", error=words, seconds=seconds)
        return Outcome("channel", error={"reason": "a reply of no known kind"})

    def _let_end(self, outcome: Outcome) -> None:
        """Let the program end as Python programs do, unless it has left something that would hang."""
        if outcome.leftovers.processes:
            self._abandon()
            return
        assert self._reader is not None
        until = time.monotonic() + EXIT_GRACE
        try:
            write_frame(self._request_fd, {"end": True}, until)
            while time.monotonic() < until:
                frame = self._wait_for_frame(min(until, time.monotonic() + LOOK))
                if frame is not None and "ended" in frame and self._reader.is_empty():
                    return
                if frame is not None and "call" not in frame:
                    break  # more than one answer: none of it may be taken for the next call's
        except (EOFError, BrokenPipeError, TimeoutError, BadFrame):
            pass
        self._abandon()

    # -- looking from outside -----------------------------------------------------------------

    def _wait_for_frame(self, until: float) -> dict[str, Any] | None:
        """The next frame, or None at the time `until`; what the program prints is taken meanwhile."""
        assert self._reader is not None
        while True:
            if (frame := self._reader.read()) is not None:
                self._take_output()
                return frame
            timeout = until - time.monotonic()
            if timeout <= 0:
                self._raise_if_dead()
                return None
            ready, _, _ = select.select([self._reader.descriptor, self._output_fd], [], [], timeout)
            if self._output_fd in ready:
                self._take_output()

    def _raise_if_dead(self) -> None:
        # A killed host's children may hold its end of the pipe open: no end of file tells of it.
        assert self._process is not None
        if self._process.poll() is not None:
            raise EOFError

    def _take_output(self) -> None:
        # Bounded turns: a flood of output must not keep the grader from its deadline.
        for _ in range(16):
            try:
                part = os.read(self._output_fd, 1 << 16)
            except BlockingIOError:
                return
            if not part:
                return
            self._printed_bytes += len(part)
            if len(self._output) < KEPT_OUTPUT:
                self._output += part[: KEPT_OUTPUT - len(self._output)]

    def _over_limit(self, call_pid: int, below: list[int]) -> Outcome | None:
        if len(below) > self.limits.processes:
            what = f"had {len(below)} processes at once; the limit is {self.limits.processes}"
            return Outcome("limit", error={"what": what})
        used = tree.memory_bytes([call_pid, *below]) >> 20
        if used > (most := self.limits.memory_mb * 4):
            return Outcome("limit", error={"what": f"used {used:,} MB of memory; the limit is {most:,} MB"})
        return None

    def _stuck(self, call_pid: int, limit: float, during: str = "call") -> Outcome:
        """The deadline: first the stacks, then (by the caller) the kill."""
        assert self._process is not None
        everyone = [process for process in self._everyone(call_pid) if process.role == "worker"]
        dumped = stacks.collect([each.pid for each in everyone if each.state != "Z"], self._run_dir)
        states = stacks.describe(call_pid, everyone, dumped, self.submission)
        return Outcome("deadline", error={"during": during}, stuck=states, seconds=limit)

    def _everyone(self, call_pid: int) -> list[tree.Process]:
        """The call process, what is below it, and orphans, which the grader inherits."""
        pids = [call_pid, *tree.descendants(call_pid), *self._orphans()]
        return [seen for pid in dict.fromkeys(pids) if (seen := tree.look(pid)) is not None]

    def _orphans(self) -> list[int]:
        """What escaped from the submission and is still there, with all below it."""
        found = []
        for child in tree.orphans(own_children):
            seen = tree.look(child)
            if seen is not None and seen.state == "Z":
                # It has ended, and its parent before it: most often a helper of an earlier call.
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child, os.WNOHANG)
            elif seen is not None and seen.role == "worker":
                found += [child, *tree.descendants(child)]
        return found

    def _left_running(self) -> bool:
        """Whether anything is still there after a call but the host and the library's own helpers."""
        if self._process is None:
            return False
        return bool(tree.workers(self._process.pid) or self._orphans())

    def _leftovers_after_grace(
        self, call_pid: int, before: tuple[set[str], set[str]], frame: dict[str, Any], grace: float
    ) -> Leftovers:
        """What is left, once what ends by itself has ended.

        A pool that was closed but not joined and an executor that nobody shut down are ended by
        threads of the library in a moment. What nobody joins stays a zombie, however long one waits.
        """
        until = time.monotonic() + grace
        while True:
            # A process that is just turning into another program cannot be told yet.
            unsettled = any(each.role == "in between" for each in self._everyone(call_pid))
            left = self._leftovers(call_pid, before, frame)
            unsettled = unsettled or bool(left.processes or left.semaphores)
            if not unsettled or time.monotonic() > until:
                return left
            self._take_output()
            time.sleep(LOOK)

    def _leftovers(
        self, call_pid: int, before: tuple[set[str], set[str]], frame: dict[str, Any]
    ) -> Leftovers:
        semaphores, blocks = before
        names = [name for name in self._noted_blocks() if name not in blocks]
        return Leftovers(
            processes=[
                "a process that has ended but was never joined" if each.state == "Z" else "a running process"
                for each in self._everyone(call_pid)
                if each.pid != call_pid and each.role == "worker"
            ],
            semaphores=[name for name in tree.named_semaphores(self._token) if name not in semaphores],
            shared_memory=tree.shared_memory_blocks(names),
            warnings=[clean(str(text), 300) for text in _list(frame.get("warnings"))[:5]],
        )

    def _noted_blocks(self) -> list[str]:
        noted = read_untrusted(self._run_dir / "shared_memory", 1 << 16)
        return noted.decode("utf-8", "replace").splitlines()


own_children: set[int] = set()
"""Process ids of children that the grader started itself (hosts, serial runs): no orphans."""


class _Seen:
    """What the looks at the tree have shown so far."""

    def __init__(self, watch: Watch | None) -> None:
        self.pids: set[int] = set()
        self.at_once = 0
        self._watch = watch
        self._met: set[int] = set()

    def look(self, call_pid: int, below: list[int]) -> None:
        alive = 0
        for pid in below:
            process = tree.look(pid)
            if process is None or process.role != "worker":
                continue
            if pid not in self._met:
                # Between fork and exec a helper of the library's still looks like its parent:
                # a process counts from the second look on.
                self._met.add(pid)
                continue
            self.pids.add(pid)
            alive += process.state != "Z"
        self.at_once = max(self.at_once, alive)
        if self._watch is not None:
            self._watch(call_pid, below)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def error_of(value: object) -> dict[str, Any]:
    """An exception as the host describes it, with every field made sure of."""
    fields = value if isinstance(value, dict) else {}
    return {
        "type": clean(str(fields.get("type", "Exception")), 100),
        "message": clean(str(fields.get("message", ""))),
        "remote": clean(str(fields.get("remote", ""))),
        "frames": [
            (str(frame[0]), int(frame[1]), clean(str(frame[2]), 100))
            for frame in _list(fields.get("frames"))
            if isinstance(frame, list) and len(frame) == 3 and isinstance(frame[1], int)
        ],
    }
