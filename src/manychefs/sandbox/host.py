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
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from manychefs.course import Limits, StartMethod
from manychefs.errors import ChefsError
from manychefs.report import Leftovers, ProcessState, clean
from manychefs.sandbox import stacks, tree
from manychefs.sandbox.confinement import Confinement, Order, Sandbox
from manychefs.sandbox.deadline import READING, Deadline
from manychefs.sandbox.frames import LARGEST, BadFrame, FrameReader, read_untrusted, write_frame
from manychefs.sandbox.inside import plain
from manychefs.sandbox.inside.host import QUOTA
from manychefs.sandbox.layers.none import Unconfined
from manychefs.sandbox.scratch import scratch_folder
from manychefs.speedup.cores import cpu_quota

KEPT_OUTPUT = 64 << 10  # bytes of what a call prints, from its beginning; the rest is only counted
LOOK = 0.01  # seconds between two looks at the process tree
SELDOM = 0.05  # seconds at most between them: of a call that takes long, every hundredth of its time will do
WEIGHING = 0.05  # seconds between two looks at what the processes use of the limits
SETTLED = 20  # looks after which a worker is taken to stay one: what starts a helper is long over by then
LEFTOVER_GRACE = 1.0  # seconds in which what ends by itself after the function's return has ended
TOGETHER = 4  # times what one process may have is what all of a call's may have
START_LIMIT = 60.0  # seconds for a host to be started, before anything of the submission's runs
HELPERS_GRACE = 3.0  # seconds in which a resource tracker or fork server whose pipe has closed has ended
EXIT_GRACE = 1.0  # seconds that a program may take to end after its function has returned

How = Literal[
    "value",  # it returned plain data
    "refused",  # it returned something else
    "raised",  # it raised
    "import",  # the file could not be imported
    "ended",  # it ended the interpreter without an answer
    "deadline",  # it was still running when its time was up
    "limit",  # it went over a limit; `error` says which, and how far
    "channel",  # it wrote into the grader's channel
]


@dataclass(slots=True)
class Outcome:
    """How one call ended, and what was seen of it from outside.

    seconds: wall-clock time from request to reply. put_off: seconds by which its deadline was put off,
    because the machine had no core for it. starved: it was put off as far as it may be and reached all the
    same, so the call's end says nothing of the program. cpu_seconds: CPU time of the call process and
    of those that it waited for. idle: seconds before a deadline in which none of its processes did anything.
    at_once, processes: the most workers alive at one time, and how many
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
    put_off: float = 0.0
    starved: bool = False
    cpu_seconds: float = 0.0
    idle: float = 0.0
    at_once: int = 0
    processes: int = 0
    bytes_written: int | None = None
    writes: int | None = None
    leftovers: Leftovers = field(default_factory=Leftovers)
    stuck: list[ProcessState] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """A folder that the grader reaches as `outside`, and the submission's processes as `inside`."""

    outside: Path
    inside: Path


Watch = Callable[[int, list[int], bool], None]
"""Called every few milliseconds with the call process's id, its descendants' as last seen, and whether that
was just now."""


class Host:
    """A host process for one submission under one start method; started at the first call.

    Args:
        submission: the student's file, as copied for grading.
        start_method: what `multiprocessing` is set to before the import.
        limits: what one call may use.
        confinement: how the host's processes are confined.
        module: what is imported and called (default: the submission, by its stem).
    """

    def __init__(
        self,
        submission: Path,
        start_method: StartMethod,
        limits: Limits,
        confinement: Confinement | None = None,
        module: str = "",
    ) -> None:
        self.submission = submission
        self.module = module or submission.stem
        self.start_method = start_method
        self.limits = limits
        self.inside = submission
        """The submission's path as the student's program sees it, from the start on."""
        self.functions: list[str] = []
        self._confinement = confinement or Unconfined()
        self._sandbox: Sandbox | None = None
        self._token = ""
        self._request_fd = -1
        self._output_fd = -1
        self._reader: FrameReader | None = None
        self._output = bytearray()
        self._printed_bytes = 0
        self._entered = self._ready = False
        self._unimportable: Outcome | None = None
        self._deadline: Deadline | None = None  # of the last call
        self._shared: Path | None = None

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process and its import, without waiting for either."""
        if self._sandbox is not None:
            return
        self._token = f"mc{secrets.token_hex(5)}"
        if self._shared is None:
            self._shared = scratch_folder()
            self._shared.chmod(0o755)  # the submission may run as another user
        request_in, self._request_fd = os.pipe()
        reply_out, reply_in = os.pipe()
        self._output_fd, output_in = os.pipe()
        order = Order(
            module="manychefs.sandbox.inside.host",
            arguments=[str(request_in), str(reply_in), self.start_method, self._token, self.module],
            submission=self.submission,
            descriptors=(request_in, reply_in),
            output=output_in,
            limits=self.limits,
            shared=self._shared,
            environment=_told_of_the_quota(),
        )
        try:
            self._sandbox = self._confinement.start(order)
            self.inside = self._sandbox.submission
        finally:
            for descriptor in (request_in, reply_in, output_in):
                os.close(descriptor)
        os.set_blocking(self._output_fd, False)
        os.set_blocking(self._request_fd, False)
        self._reader = FrameReader(reply_out)
        self._entered = self._ready = False

    @property
    def pid(self) -> int | None:
        """The host's process id, as seen from outside, while it runs."""
        return self._sandbox.host_pid if self._sandbox else None

    @property
    def is_unimportable(self) -> bool:
        """Whether the file could not be imported: no call will start a process again."""
        return self._unimportable is not None

    def shared_folder(self) -> SharedFolder:
        """A folder to meet in while the host lives: for a socket of the grader's. Starts the host.

        A network of its own keeps a submission from a server of the grader's on loopback, but not from
        a Unix-domain socket in here. Trust nothing that is found in it.
        """
        self.start()
        assert self._sandbox is not None
        assert self._shared is not None
        assert self._sandbox.shared is not None
        return SharedFolder(self._shared, self._sandbox.shared)

    def close(self) -> None:
        """End the host and everything that it started; take away what they left on the system."""
        self._end()
        if self._shared is not None:
            shutil.rmtree(self._shared, ignore_errors=True)
            self._shared = None

    def _end(self) -> None:
        if self._sandbox is None:
            return
        sandbox = self._sandbox
        with contextlib.suppress(OSError):
            os.close(self._request_fd)  # an idle host ends by itself when it sees this
        if self._ready:
            sandbox.hang_up(0.2)
        else:
            sandbox.kill()
        assert self._reader is not None
        for descriptor in (self._reader.descriptor, self._output_fd):
            os.close(descriptor)
        self._sweep(sandbox)
        sandbox.remove()
        self._sandbox = None

    def _sweep(self, sandbox: Sandbox) -> None:
        tree.remove_from_shm(tree.named_semaphores(self._token, sandbox.shm), sandbox.shm)
        blocks = tree.shared_memory_blocks(self._noted_blocks(), sandbox.shm)
        tree.remove_from_shm(blocks, sandbox.shm)

    def _abandon(self) -> None:
        """After anything unclean: kill all, so that the next call starts from nothing."""
        if self._sandbox is not None:
            self._sandbox.kill()
        self._end()

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
            watch: called every `look` seconds; the tree itself is then walked every other time.
            look: seconds between two looks, of a call that takes less than a hundred of them.
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
        if self._deadline is not None:
            outcome.put_off = self._deadline.given_back
            outcome.starved = outcome.how == "deadline" and self._deadline.is_exhausted
        if outcome.starved:
            self._unimportable = None  # another time there may be a core for it
        if outcome.how not in ("value", "raised", "refused") or self._is_used_up():
            self._abandon()
        return outcome

    def _await_import(self, limit: float) -> Outcome | None:
        """Wait until the file is imported; an Outcome if it cannot be."""
        if self._ready:
            return None
        self._await_entrance()
        assert self._sandbox is not None
        deadline = self._deadline = Deadline(limit, lambda: self._with_all_below(host_pid))
        host_pid = self._sandbox.host_pid
        try:
            frame = self._wait_for_frame(time.monotonic() + READING)
            while frame is None and not deadline.is_over():
                frame = self._wait_for_frame(min(deadline.until, time.monotonic() + READING))
        except EOFError:
            self._unimportable = Outcome("import", error=error_of({"type": "SystemExit"}))
        except BadFrame as error:
            self._unimportable = Outcome("channel", error={"reason": str(error)})
        else:
            if frame is None:
                self._unimportable = self._stuck(self._sandbox.host_pid, limit, during="import")
            elif "ready" in frame:
                self._ready = True
                self.functions = [clean(str(each), 100) for each in _list(frame["ready"])]
            else:
                self._unimportable = Outcome("import", error=error_of(frame.get("import")))
        return self._unimportable

    def _await_entrance(self) -> None:
        """Wait until the host is where the submission is to be; what goes wrong before is not its doing.

        Raises:
            ChefsError: if it does not get there.
        """
        if self._entered:
            return
        try:
            frame = self._wait_for_frame(time.monotonic() + START_LIMIT)
        except (EOFError, BadFrame):
            frame = None
        if frame is None or "entered" not in frame:
            raise self._no_entrance()
        self._entered = True

    def _no_entrance(self) -> ChefsError:
        self._take_output()
        said = clean(bytes(self._output).decode("utf-8", "replace")).strip().splitlines()[-3:]
        self._abandon()
        return ChefsError(
            f"The sandbox ({self._confinement.name}) for the submission could not be started.",
            cause="The machine is out of memory or processes, or far too busy; or the kit is incomplete.",
            evidence=said or [f"it said nothing for {START_LIMIT:.0f} s, or ended without a word"],
            next_step="Run it again; `chefs doctor` says what confines submissions here.",
        )

    def _run(self, request: dict[str, Any], limit: float, look: float, grace: float, seen: _Seen) -> Outcome:
        assert self._sandbox is not None
        before = (set(self._semaphores()), set(self._noted_blocks()))
        call_pid, told, walked, weighed = 0, False, 0.0, 0.0
        below: list[int] = []
        # Walking the tree costs far more than what a measurement reads each time.
        pause, walk = look, 2 * look if seen.is_measuring else look
        deadline = self._deadline = Deadline(limit, lambda: self._with_all_below(call_pid or host_pid))
        host_pid, started = self._sandbox.host_pid, deadline.started
        try:
            write_frame(self._request_fd, request, deadline.until)
            while True:
                frame = self._wait_for_frame(min(deadline.until, time.monotonic() + pause))
                now = time.monotonic()
                if not seen.is_measuring:
                    pause = walk = max(look, min(SELDOM, (now - started) / 100))
                if frame is None:
                    if anew := bool(call_pid) and now - walked >= walk:
                        walked, below = now, tree.descendants(call_pid)
                        seen.look(below)
                        weighs = now - weighed >= WEIGHING
                        weighed = now if weighs else weighed
                        if over := self._over_limit(call_pid, below, weighs):
                            return over
                    if call_pid:
                        seen.read(call_pid, below, anew)
                    if deadline.is_over():
                        return self._stuck(call_pid or host_pid, limit)
                elif "call" in frame and not told:
                    told = True  # once: a flood of it must not keep the deadline away
                    call_pid = self._own_child(frame["call"])
                elif "ended" in frame:
                    status = frame["ended"] if type(frame["ended"]) is int else None
                    return Outcome("ended", error={"status": status}, seconds=now - started)
                else:
                    break
        except TimeoutError:
            return self._stuck(self._sandbox.host_pid, limit)
        except (EOFError, BrokenPipeError):
            return Outcome("ended", error={"status": None}, seconds=time.monotonic() - started)
        except BadFrame as error:
            if error.too_large:
                what = f"returned {error.too_large >> 20:,} MB of data; the limit is {LARGEST >> 20} MB"
                return _over("the kit", what)
            return Outcome("channel", error={"reason": str(error)})
        if over := self._over_disk(now=True):
            return over
        outcome = self._outcome(frame, now - started)
        call_pid = call_pid or self._call_process()
        below = tree.descendants(call_pid)
        seen.look(below)
        seen.read(call_pid, below, True)
        outcome.cpu_seconds = tree.cpu_seconds(call_pid)
        self._count_writes(outcome, call_pid)
        outcome.leftovers = self._leftovers_after_grace(call_pid, before, frame, grace)
        if self._has_lost_its_host():
            # With the host its sandbox has gone, and all that could still have been seen in it.
            return Outcome("ended", error={"status": None}, seconds=outcome.seconds)
        self._let_end(outcome)
        return outcome

    def _has_lost_its_host(self) -> bool:
        """Whether the host has ended, though nobody has told it to."""
        assert self._sandbox is not None
        seen = tree.look(self._sandbox.host_pid)
        return seen is None or seen.state in ("Z", "X") or self._sandbox.process.poll() is not None

    def _with_all_below(self, pid: int) -> list[int]:
        return [pid, *tree.descendants(pid), *self._orphans()]

    def _count_writes(self, outcome: Outcome, call_pid: int) -> None:
        """Note what the call's processes have written; the call process waits, its reply has been read."""
        assert self._reader is not None
        if (counted := tree.written([call_pid, *tree.descendants(call_pid)])) is not None:
            size, calls = counted
            outcome.bytes_written = max(size - self._reader.last_size - self._printed_bytes, 0)
            outcome.writes = max(calls - 1, 0)

    def _own_child(self, pid: object) -> int:
        """The call process's id as the host says it, if it is a child of the host indeed."""
        assert self._sandbox is not None
        known = self._sandbox.inside_pid
        return next((child for child in tree.children(self._sandbox.host_pid) if known(child) == pid), 0)

    def _call_process(self) -> int:
        """A reply may overtake the host's own word of whom it forked: the youngest child it is."""
        assert self._sandbox is not None
        return max(
            (
                pid
                for pid in tree.children(self._sandbox.host_pid)
                if (seen := tree.look(pid)) and seen.role == "worker"
            ),
            default=self._sandbox.host_pid,
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
                    staying = self._helpers_that_stay()
                    outcome.leftovers.processes += staying
                    if staying:
                        self._abandon()
                    return
                if frame is not None and "call" not in frame:
                    break  # more than one answer: none of it may be taken for the next call's
        except (EOFError, BrokenPipeError, TimeoutError, BadFrame):
            pass
        self._abandon()

    def _helpers_that_stay(self) -> list[str]:
        """What calls itself a helper of the library's and does not end with the call, as those do.

        A command line can be faked; that the pipe from the call process has closed cannot.
        """
        assert self._sandbox is not None
        until = time.monotonic() + HELPERS_GRACE
        while True:
            there = [seen for pid in self._sandbox.orphans() if (seen := tree.look(pid))]
            staying = [seen for seen in there if seen.state not in ("Z", "X")]
            if not staying or time.monotonic() > until:
                return ["a running process"] * len(staying)
            time.sleep(LOOK)

    # -- looking from outside -----------------------------------------------------------------

    def _wait_for_frame(self, until: float) -> dict[str, Any] | None:
        """The next frame, or None at the time `until`; what the program prints is taken meanwhile."""
        assert self._reader is not None
        try:
            while (frame := self._reader.read()) is None:
                timeout = until - time.monotonic()
                if timeout <= 0:
                    self._raise_if_dead()
                    return None
                ready, _, _ = select.select([self._reader.descriptor, self._output_fd], [], [], timeout)
                if self._output_fd in ready:
                    self._take_output()
        except EOFError:
            self._take_output()  # its last words: they may have come since the last look
            raise
        self._take_output()
        return frame

    def _raise_if_dead(self) -> None:
        # A killed host's children may hold its end of the pipe open: no end of file tells of it.
        assert self._sandbox is not None
        if self._sandbox.process.poll() is not None:
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

    def _over_limit(self, call_pid: int, below: list[int], weighs: bool) -> Outcome | None:
        """The watchdog: what all processes together use, against the exercise's limits.

        Args:
            weighs: whether to look at more than how many they are.
        """
        most = self.limits
        if len(below) > most.processes:
            return _over("processes", f"had {len(below)} processes at once; the limit is {most.processes}")
        if not weighs:
            return None
        memory = most.memory_mb * TOGETHER
        if (used := tree.memory_bytes([call_pid, *below], above=memory << 20) >> 20) > memory:
            return _over("memory_mb", f"used {used:,} MB of memory; the limit is {memory:,} MB")
        if self._printed_bytes > most.output_mb << 20:
            return _over(
                "output_mb", f"printed {self._printed_bytes >> 20:,} MB; the limit is {most.output_mb:,} MB"
            )
        return self._over_disk(now=False)

    def _over_disk(self, *, now: bool) -> Outcome | None:
        assert self._sandbox is not None
        used = self._sandbox.used(now=now)
        megabytes = used.disk_bytes >> 20
        if megabytes >= self.limits.disk_mb:
            return _over(
                "disk_mb", f"wrote {megabytes:,} MB of files; the limit is {self.limits.disk_mb:,} MB"
            )
        if used.files > self.limits.files:
            return _over("files", f"made {used.files:,} files; the limit is {self.limits.files:,}")
        return None

    def _stuck(self, call_pid: int, limit: float, during: str = "call") -> Outcome:
        """The deadline: first the stacks, then (by the caller) the kill."""
        assert self._sandbox is not None
        everyone = [process for process in self._everyone(call_pid) if process.role == "worker"]
        names = {each.pid: self._sandbox.inside_pid(each.pid) for each in everyone}
        asked = {pid: name for pid, name in names.items() if name}
        dumped = stacks.collect(asked, self._sandbox.run_dir)
        states = stacks.describe(call_pid, everyone, dumped, self.submission)
        for state in states:
            state.pid = names.get(state.pid) or state.pid
        idle = self._deadline.idle if self._deadline is not None else 0.0
        return Outcome("deadline", error={"during": during}, stuck=states, seconds=limit, idle=idle)

    def _everyone(self, call_pid: int) -> list[tree.Process]:
        """The call process, what is below it, orphans, and what the file started when it was imported."""
        assert self._sandbox is not None
        pids = [call_pid, *tree.descendants(call_pid), *self._orphans()]
        pids += tree.descendants(self._sandbox.host_pid)
        return [seen for pid in dict.fromkeys(pids) if (seen := tree.look(pid)) is not None]

    def _orphans(self) -> list[int]:
        """What escaped from the submission and is still there, with all below it."""
        assert self._sandbox is not None
        found = []
        for child in self._sandbox.orphans():
            seen = tree.look(child)
            if seen is not None and seen.state == "Z":
                # It has ended, and its parent before it: most often a helper of an earlier call.
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child, os.WNOHANG)
            elif seen is not None and seen.role == "worker":
                found += [child, *tree.descendants(child)]
        return found

    def _is_used_up(self) -> bool:
        """Whether the next call needs a new host: something still runs in this one, or files fill it."""
        if self._sandbox is None:
            return False
        if tree.workers(self._sandbox.host_pid) or self._orphans():
            return True
        return self._sandbox.used(now=True).disk_bytes > self.limits.disk_mb << 19

    def _leftovers_after_grace(
        self, call_pid: int, before: tuple[set[str], set[str]], frame: dict[str, Any], grace: float
    ) -> Leftovers:
        """What is left, once what ends by itself has ended.

        A pool that was closed but not joined and an executor that nobody shut down are ended by
        threads of the library in a moment, all but always: when the last reference to a pool goes in
        the thread that hands out its tasks (CPython 3.13.0, Pool._handle_tasks), that thread waits for
        a lock which an idle worker holds until it is sent something. What nobody joins stays a zombie,
        however long one waits.
        A machine that has no core for what is about to end puts the moment off, as it does a deadline.
        """
        moment = Deadline(grace, lambda: [each.pid for each in self._everyone(call_pid)])
        while True:
            # A process that is just turning into another program cannot be told yet.
            unsettled = any(each.role == "in between" for each in self._everyone(call_pid))
            left = self._leftovers(call_pid, before, frame)
            unsettled = unsettled or bool(left.processes or left.semaphores)
            if not unsettled or moment.is_over():
                return left
            self._take_output()
            time.sleep(LOOK)

    def _leftovers(
        self, call_pid: int, before: tuple[set[str], set[str]], frame: dict[str, Any]
    ) -> Leftovers:
        assert self._sandbox is not None
        semaphores, blocks = before
        names = [name for name in self._noted_blocks() if name not in blocks]
        return Leftovers(
            processes=[
                "a process that has ended but was never joined" if each.state == "Z" else "a running process"
                for each in self._everyone(call_pid)
                if each.pid != call_pid and each.role == "worker"
            ],
            semaphores=[name for name in self._semaphores() if name not in semaphores],
            shared_memory=tree.shared_memory_blocks(names, self._sandbox.shm),
            warnings=[clean(str(text), 300) for text in _list(frame.get("warnings"))[:5]],
        )

    def _semaphores(self) -> list[str]:
        assert self._sandbox is not None
        return tree.named_semaphores(self._token, self._sandbox.shm)

    def _noted_blocks(self) -> list[str]:
        assert self._sandbox is not None
        noted = read_untrusted(self._sandbox.run_dir / "shared_memory", 1 << 16)
        return noted.decode("utf-8", "replace").splitlines()


class _Seen:
    """What the looks at the tree have shown so far."""

    def __init__(self, watch: Watch | None) -> None:
        self.pids: set[int] = set()
        self.at_once = 0
        self._watch = watch
        self._looks: Counter[int] = Counter()  # that have shown a process as a worker
        self._settled: dict[int, tree.Process] = {}

    @property
    def is_measuring(self) -> bool:
        """Whether the kernel's books are read at each look."""
        return self._watch is not None

    def read(self, call_pid: int, below: list[int], anew: bool) -> None:
        if self._watch is not None:
            self._watch(call_pid, below, anew)

    def look(self, below: list[int]) -> None:
        alive = 0
        for pid in below:
            known = self._settled.get(pid)
            process = tree.look(pid) if known is None else tree.look_again(known)
            if process is None or process.role != "worker":
                continue
            self._looks[pid] += 1
            # Between fork and exec a helper of the library's still looks like its parent: a process
            # counts from the second look on.
            if self._looks[pid] > 1:
                self.pids.add(pid)
                alive += process.state != "Z"
            if self._looks[pid] == SETTLED:
                self._settled[pid] = process
        self.at_once = max(self.at_once, alive)


def _told_of_the_quota() -> dict[str, str]:
    """For a host, which cannot look for itself: no cgroup is to be seen from inside."""
    quota = cpu_quota()
    return {QUOTA: str(max(1, int(quota)))} if quota is not None else {}


def _over(limit: str, what: str) -> Outcome:
    return Outcome("limit", error={"limit": limit, "what": what})


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
