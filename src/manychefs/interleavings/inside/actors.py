"""Turns: every thread of every process of the explored program is an actor, and one runs at a time.

    scheduler (outside, trusted)                 a process of the program
        │  one socket an actor                   ┌──────────────────────────────┐
        │ ◄──"at a point, before: read tally"────┤ actor main   (thread)        │
        │ ───grant: 3 points, the time is 0.25──►│                              │
        │ ◄──"blocked: get on the queue"─────────┤ actor t1     (thread)        │
        │ ◄──"new actor p1" + its socket, pidfd──┤  … fork ──► actor p1 elsewhere │
        │                                        └──────────────────────────────┘

An actor that has no turn waits in a read of its socket. A grant says how many points it may pass. A
point stands before each operation that others can see (a shared value, a lock, a queue, a pipe, …);
between two points nothing is asked, so most points cost a decrement. An operation that would block is
tried without blocking; if it would, the scheduler is told, and the actor tries again when it gets
its next turn. Time is the scheduler's: it stands still while anybody can run.

Messages are single datagrams (SOCK_SEQPACKET). Everything that an actor sends can be forged by the
program; the scheduler believes it only as far as "this is what the program did".
"""

from __future__ import annotations

import _socket
import _thread
import json
import os
import select
import struct
import sys

TYPE_CHECKING = False  # loading typing would cost every process of the program's 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# An actor's messages: their kind, the number of points passed since the last one, and what time it is.
HEAD = struct.Struct("<cId")
AT_POINT, STALE, SPINS, STALE_SPINS, BLOCKED, AGAIN = b"Y", b"y", b"S", b"s", b"B", b"A"
NEW, KILLED, ENDED = b"N", b"K", b"E"
EXITS, RESULT, LOG, YES, NO = b"X", b"R", b"L", b"+", b"-"
FOREIGN = b"F"
GIVES_BACK = frozenset({AT_POINT, STALE, SPINS, STALE_SPINS, BLOCKED, AGAIN, KILLED})
# The scheduler's: points that may be passed, and what time it is.
GRANT = struct.Struct("<cId")
GO, PROBE = b"G", b"P"
UNLIMITED = (
    1 << 14
)  # so that even one that never waits looks, now and then, whether there still is a scheduler
NEVER = -1.0  # the deadline of one that waits without a time-out

CHUNK = 60_000  # bytes of a long message that go in one datagram
SPIN = 40  # points that show nothing new before an actor is taken for a busy waiter
SHOWN = 80  # characters of a value in the log
LISTED = ("Lock", "RLock", "Semaphore", "BoundedSemaphore")  # of these a program often has a list
LATE = 1e-6  # seconds; what waits for a time comes after it, and no rounding makes that seem less

MISS: Any = object()
"""What an attempt gives that would have to block."""


class Mode:
    """What holds for one schedule: log every step, let pipes be small, where the student's code is."""

    log = False
    tight = False
    student: tuple[str, ...] = ()


class Actor:
    """One thread's place at the table."""

    __slots__ = (
        "breaks",
        "budget",
        "children",
        "doing",
        "entries",
        "entry",
        "fd",
        "feeder",
        "idle",
        "name",
        "pending",
        "points",
        "quiet",
        "seen",
        "spin",
        "stale",
        "threads",
        "told",
        "waiting",
    )

    def __init__(self, name: str, fd: int) -> None:
        self.name = name
        self.fd = fd
        self.budget = 0  # points left of the grant
        self.points = 0  # points passed since the last message
        self.quiet = 0  # above 0 inside an operation that counts as one step
        self.waiting = True  # from before it gives its turn back until it has the next
        self.told = b""  # the last message but for AGAIN
        self.pending: list[Callable[[], None]] = []  # signals that came while it had no turn
        self.children = self.threads = 0
        self.doing: tuple[str, str] = ("", "")
        self.entries: list[list[Any]] = []
        self.entry: list[Any] = ["", "", 0, "", ""]  # the last one logged
        self.breaks: list[tuple[str, str, int]] = []
        self.seen: dict[tuple[str, str], Any] = {}
        self.idle = 0  # points in a row that have shown nothing new
        self.stale = 0  # of the points since the last message, those that have
        self.spin = SPIN
        self.feeder = False

    # -- turns -----------------------------------------------------------------------------------------

    def send(self, kind: bytes, body: bytes = b"") -> None:
        """Send one message; what was logged goes before it."""
        if self.entries:
            self._send_log()
        points, self.points = self.points, 0
        if kind is AT_POINT and points and self.stale >= points:
            kind = STALE
        self.stale = 0
        self.waiting = kind in GIVES_BACK
        if kind is not AGAIN:
            self.told = body
        try:
            _write(self.fd, HEAD.pack(kind, points, now) + body)
        except OSError:
            _native_exit(70)  # the scheduler has gone, or wants no more of this schedule

    def _send_log(self) -> None:
        entries, self.entries = self.entries, []
        while entries:
            body = json.dumps(entries[:200]).encode("utf-8", "surrogatepass")
            del entries[:200]
            try:
                _write(self.fd, HEAD.pack(LOG, 0, now) + body)
            except OSError:
                _native_exit(70)

    def await_grant(self, ready: Callable[[], bool] | None = None) -> None:
        """Wait for the next turn; meanwhile answer whether it could be used."""
        global now
        self.waiting = True
        self.quiet += 1
        while True:
            try:
                data = _read(self.fd, 65536)
            except OSError:
                _native_exit(70)
            if not data:
                _native_exit(70)
            if data[:1] == PROBE:
                could = ready is None or bool(self.pending) or ready()
                _write(self.fd, HEAD.pack(YES if could else NO, 0, now))
                continue
            _, self.budget, granted = GRANT.unpack_from(data)
            now = max(now, granted)  # the readings of a clock may have taken it a hair further
            rest = data[GRANT.size :]
            self.breaks = [tuple(each) for each in json.loads(rest)] if rest else []
            break
        self.quiet -= 1
        self.waiting = False
        while self.pending:
            self.pending.pop(0)()

    def point(self, kind: str, ident: str) -> None:
        """Stand before an operation that others can see, and ask for a turn if the last one is used up."""
        if self.idle > self.spin:
            self._spins(kind, ident)
        elif self.budget <= 0 or (self.breaks and self._at_break(kind, ident)):
            self.turn(AT_POINT, kind, ident)
        self.idle += 1
        self.budget -= 1
        self.points += 1
        if Mode.log:
            self.entry = [kind, ident, student_line(), labels.get(ident, ""), ""]
            self.entries.append(self.entry)

    def turn(self, how: bytes, kind: str, ident: str) -> None:
        """Give the turn back, before an operation, and wait for the next."""
        line = student_line() if Mode.log or self.breaks or how is not AT_POINT else 0
        self.send(how, f"{kind}\0{ident}\0{line}".encode())
        self.await_grant()

    def _spins(self, kind: str, ident: str) -> None:
        # Not always after the same number of points: a loop that is cut at the same place each time
        # would look as if it could never get further.
        self.spin = SPIN + (self.spin * 7 + 3) % 11
        how = SPINS if self.points > self.idle else STALE_SPINS
        self.idle = 0
        self.turn(how, kind, ident)

    def _at_break(self, kind: str, ident: str) -> bool:
        line = -1
        for break_kind, break_ident, break_line in self.breaks:
            if break_kind == kind and break_ident in (ident, ""):
                line = student_line() if line < 0 else line
                if not break_line or break_line == line:
                    return True
        return False

    def took(self, taken: bool) -> None:
        """Note whether a lock was there. To take one is no news by itself: a busy waiter may do so too."""
        self.stale += not taken
        if Mode.log:
            self.entry[4] = str(taken)

    def saw(self, kind: str, ident: str, value: object, change: bool = False) -> None:
        """Note what an operation showed: nothing new makes a busy waiter, in the end."""
        if change or self.seen.get((kind, ident), MISS) != value:
            self.idle = 0
            self.seen[kind, ident] = value
        else:
            self.stale += 1
        if Mode.log:
            self.entry[4] = short(value)

    # -- operations that may block ---------------------------------------------------------------------

    def block(
        self,
        kind: str,
        ident: str,
        attempt: Callable[[], Any],
        ready: Callable[[], bool] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Try until it works or `timeout` seconds of the scheduler's time have passed (then MISS)."""
        result = attempt()
        if result is not MISS:
            return result
        if timeout is not None and timeout <= 0:
            return MISS
        deadline = NEVER if timeout is None else now + timeout + LATE
        # Who cannot get at a shared value waits for its lock, and is told so.
        if self.quiet and self.doing[0] not in ("", "read", "write"):
            kind, ident = self.doing
        line = student_line()
        body = struct.pack("<d", deadline) + f"{kind}\0{ident}\0{line}\0{labels.get(ident, '')}".encode()
        self.send(BLOCKED, body)
        while True:
            self.await_grant(ready)
            self.idle = 0
            result = attempt()
            if result is not MISS:
                return result
            if deadline != NEVER and now >= deadline:
                return MISS
            if self.told is body:
                self.send(AGAIN)
            else:  # a signal's handler or a finalizer has done something meanwhile
                self.send(BLOCKED, body)

    def pause(self, seconds: float) -> None:
        """Sleep on the scheduler's clock."""
        until = now + seconds + LATE
        self.block("sleep", "", lambda: True if now >= until else MISS, lambda: now >= until, seconds)


now = 0.0
"""The time in seconds since the schedule began, as of this process's last grant."""

labels: dict[str, str] = {}
"""For each shared object what a person calls it: `Value of line 12`."""

_alike: dict[str, list[str]] = {}
"""For each line that makes locks, those that it has made."""

own_children: dict[int, str] = {}
"""The actors' names of child processes that nobody has waited for yet, by process id."""

foreign_children: set[int] = set()
"""Child processes that run another program, by process id."""

_local: Any = _thread._local()
_descriptors: set[int] = set()
_student_codes: dict[Any, bool] = {}
_made = 0
_native_fork = os.fork
_native_exit = os._exit
_read, _write = os.read, os.write


def current() -> Actor | None:
    """The actor that this thread is; None outside of an explored program."""
    actor: Actor | None = getattr(_local, "actor", None)
    return actor


def become(name: str, fd: int) -> Actor:
    """Make this thread, the only one of its process, an actor."""
    for descriptor in _descriptors:
        os.close(descriptor)  # the parent's: whoever holds one hides its end from the scheduler
    _descriptors.clear()
    own_children.clear()
    foreign_children.clear()
    _descriptors.add(fd)
    actor = _local.actor = Actor(name, fd)
    return actor


def fork() -> int:
    """`os.fork` whose child is an actor of its own."""
    actor = current()
    if actor is None:
        return _native_fork()
    actor.children += 1
    prefix = "p" if actor.name == "main" else f"{actor.name}."
    name = f"{prefix}{actor.children}"
    ours, theirs = _pair()
    pid = _native_fork()
    if pid == 0:
        theirs.close()
        become(name, ours.detach()).await_grant()
        return 0
    ours.close()
    own_children[pid] = name
    pidfd = os.pidfd_open(pid)
    announce(actor, name, theirs, pidfd, _target())
    os.close(pidfd)
    return pid


def _target() -> str:
    """The name of the function that a multiprocessing.Process being started will run."""
    frame: Any = sys._getframe(2)
    process = frame.f_locals.get("process_obj") if frame is not None else None
    return str(getattr(getattr(process, "_target", None), "__name__", ""))


def start_thread(actor: Actor, begin: Callable[[Callable[[], None]], Any], feeder: bool, runs: str) -> Any:
    """Start a thread that is an actor.

    Args:
        begin: starts the native thread, given what it has to do before and after its own work.
    """
    actor.threads += 1
    name = f"{actor.name}.t{actor.threads}"
    ours, theirs = _pair()
    fd = ours.detach()
    _descriptors.add(fd)

    def enter() -> None:
        own = _local.actor = Actor(name, fd)
        own.feeder = feeder
        own.await_grant()

    announce(actor, name, theirs, -1, runs)
    return begin(enter)


def leave_thread() -> None:
    """This thread's actor ends."""
    actor = current()
    if actor is None:
        return
    actor.send(ENDED)
    _local.actor = None
    _descriptors.discard(actor.fd)
    os.close(actor.fd)


def _pair() -> tuple[Any, Any]:
    """The two ends of an actor's socket."""
    ends = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    for end in ends:
        end.setblocking(True)  # whatever time-out the program gives to new sockets
    return ends


def announce(actor: Actor, name: str, theirs: Any, pidfd: int, runs: str = "") -> None:
    """Tell the scheduler of a new actor, and give it the actor's socket (and the process's pidfd)."""
    descriptors = [theirs.fileno()] + ([pidfd] if pidfd >= 0 else [])
    try:
        _send_descriptors(actor, NEW, f"{name}\0{runs}\0{student_line()}", descriptors)
    finally:
        theirs.close()


def announce_foreign(actor: Actor, pid: int) -> None:
    """Tell the scheduler of a process that runs another program, which nobody steers."""
    foreign_children.add(pid)
    pidfd = os.pidfd_open(pid)
    try:
        _send_descriptors(actor, FOREIGN, "", [pidfd])
    finally:
        os.close(pidfd)


def _send_descriptors(actor: Actor, kind: bytes, text: str, descriptors: list[int]) -> None:
    if actor.entries:
        actor._send_log()
    body = HEAD.pack(kind, actor.points, now) + text.encode()
    actor.points = actor.stale = 0
    channel = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, actor.fd)
    if _socket.getdefaulttimeout() is not None:
        channel.setblocking(True)
    rights = struct.pack(f"{len(descriptors)}i", *descriptors)
    try:
        # In a message of their own: the scheduler looks for descriptors only after one that says so.
        channel.send(body)
        channel.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
    except OSError:
        _native_exit(70)
    finally:
        channel.detach()


def leave(status: int) -> None:
    """`os._exit`: what was logged and counted goes out before."""
    actor = current()
    if actor is not None:
        actor.send(EXITS)
    _native_exit(status)


def result(actor: Actor, body: bytes) -> None:
    """Send what the program's function gave, in as many pieces as it needs."""
    for start in range(0, max(len(body), 1), CHUNK):
        last = start + CHUNK >= len(body)
        actor.send(RESULT, (b"." if last else b"+") + body[start : start + CHUNK])


def new_ident() -> str:
    """A name for a shared object that this process makes; the same in every run of one schedule."""
    global _made
    _made += 1
    actor = current()
    return f"{actor.name if actor else 'host'}#{_made}"


def student_line() -> int:
    """The line of the student's code that this thread is in, or that called what it is in; 0 if none."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if is_student(frame.f_code):
            return frame.f_lineno or 0
        frame = frame.f_back
    return 0


def is_student(code: Any) -> bool:
    """Whether this code is the student's own."""
    known = _student_codes.get(code)
    if known is None:
        name = code.co_filename
        known = _student_codes[code] = name.startswith(Mode.student) and "site-packages" not in name
    return known


def made_by() -> str:
    """`Value of line 12`: the call in the student's code that is making something now."""
    frame: Any = sys._getframe(1)
    inner = None
    while frame is not None:
        if is_student(frame.f_code):
            what = inner.f_code.co_name if inner is not None else "object"
            if what == "__init__" and inner is not None:
                what = type(inner.f_locals.get("self")).__name__
            return f"{what} of line {frame.f_lineno}"
        inner, frame = frame, frame.f_back
    return ""


def call_lock(ident: str, made_by: str) -> None:
    """Note what a person calls a lock; those that one line makes get numbers: `Lock 0 of line 8`."""
    labels[ident] = made_by
    what, _, line = made_by.partition(" of ")
    if what not in LISTED:
        return
    alike = _alike.setdefault(made_by, [])
    alike.append(ident)
    if len(alike) > 1:
        for number in (0, len(alike) - 1):
            labels[alike[number]] = f"{what} {number} of {line}"


def short(value: object) -> str:
    """A value for the log."""
    kind = type(value)
    if kind in (int, float, bool, type(None)):
        return repr(value)[:SHOWN]
    if kind in (str, bytes):
        return repr(value[:SHOWN])[:SHOWN]  # type: ignore[index]
    if kind in (list, tuple, dict, set):
        return f"{kind.__name__} of {len(value)}" if len(value) > 8 else _short_repr(value)  # type: ignore[arg-type]
    return kind.__name__


def _short_repr(value: object) -> str:
    try:
        return repr(value)[:SHOWN]
    except Exception:
        return type(value).__name__


def readable(fd: int, seconds: float = 0.0) -> bool:
    """Whether a read of `fd` would not block, after waiting for up to `seconds` on the wall's clock."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def writable(fd: int) -> bool:
    """Whether a write of up to PIPE_BUF bytes to `fd` would not block."""
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(0))
