"""The operations that may block, or that others can see, replaced one by one.

The library above them (Pool, ProcessPoolExecutor, Queue with its feeder thread, Condition, Barrier,
Manager, …) runs unchanged. Each replacement does the same in three steps: stand at a point; try
without blocking; where that would block, give the turn back until it can be tried again. Outside of
an explored program (`current()` is None) each does exactly what the original does.

`install()` comes before the library's modules are imported, because many of them make locks then
or take copies of functions. Signatures are the originals', exactly: a TypeError in a child would look
like a bug of the student's.
"""

from __future__ import annotations

import _socket
import _thread
import contextlib
import fcntl
import functools
import io
import os
import socket
import stat
import sys
import termios
import threading
import time

from manychefs.interleavings.inside import actors
from manychefs.interleavings.inside.actors import MISS, Actor, Mode, current, readable, writable

TYPE_CHECKING = False  # loading typing would cost every process of the program's 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PIPE_BUF = 4096  # bytes that a pipe takes in one piece
TIGHT_PIPE = 4 * PIPE_BUF  # bytes; of a single page, a pipe with anything in it would count as full
DYING = 1.0  # wall-clock seconds in which a process that was killed has gone
SETTLE = 1.0  # seconds of the scheduler's time in which what ends by itself has ended

_native_lock = _thread.allocate_lock
_native_kill, _native_killpg = os.kill, os.killpg
_native_exit = os._exit
_SIGKILL = 9


def install() -> None:
    """Replace the leaves, in this process and those that it forks."""
    _threads()
    _clock()
    _processes()
    _semaphores()
    _connections()
    _sockets()
    _selectors()
    _operations()
    _managers()
    for function in vars(os).values():
        if getattr(function, "__module__", "") == "posix" and hasattr(function, "__wrapped__"):
            function.__module__ = "os"  # where it is found again when it is unpickled


# -- threads and their locks -----------------------------------------------------------------------


class ThreadLock:
    """`threading.Lock`: waits for its turn and not in the kernel."""

    __slots__ = ("__weakref__", "_ident", "_native")

    def __init__(self) -> None:
        self._native: Any = _native_lock()
        self._ident = ""
        if actors.is_student(sys._getframe(1).f_code):
            self._ident = actors.new_ident()
            actors.labels[self._ident] = f"threading.Lock of line {sys._getframe(1).f_lineno}"

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        got: bool = self._native.acquire(False)
        actor = current()
        if got or not blocking:
            return got
        if actor is None:
            return bool(self._native.acquire(blocking, timeout))
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        attempt = functools.partial(_take_native, self._native)
        wait = None if timeout == -1 or _in_manager_loop() else timeout
        return (
            actor.block("acquire", self._ident, attempt, lambda: not self._native.locked(), wait) is not MISS
        )

    def release(self) -> None:
        self._native.release()

    def locked(self) -> bool:
        return bool(self._native.locked())

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_details: object) -> None:
        self._native.release()

    def _at_fork_reinit(self) -> None:
        self._native._at_fork_reinit()

    def __repr__(self) -> str:
        return repr(self._native)


def _in_manager_loop() -> bool:
    """Whether this is a manager's server looking, once a second, whether it should end.

    To the scheduler that is waiting without end: a clock that jumps from look to look would hide
    every deadlock. (The frames: this, acquire, Condition.wait, Event.wait, the server's loop.)
    """
    frame: Any = sys._getframe(1)
    for _ in range(3):
        frame = frame.f_back if frame is not None else None
    return frame is not None and frame.f_code.co_name == "serve_forever"


def _take_native(lock: Any) -> Any:
    return True if lock.acquire(False) else MISS


def _threads() -> None:
    module: Any = threading
    module.Lock = module._allocate_lock = ThreadLock
    module._CRLock = None  # so that RLock is the one in Python, which is made of these locks
    _thread.allocate_lock = _thread.allocate = ThreadLock  # type: ignore[assignment]
    if hasattr(module, "_start_joinable_thread"):  # from 3.13
        native = module._start_joinable_thread

        def start_joinable(function: Any, handle: Any = None, daemon: bool = True) -> Any:
            return _start(function, (), {}, lambda run: native(run, handle=handle, daemon=daemon))

        module._start_joinable_thread = start_joinable
    native_start = _thread.start_new_thread

    def start_new_thread(
        function: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, /
    ) -> int:
        started: int = _start(function, args, kwargs or {}, lambda run: native_start(run, ()))
        return started

    _thread.start_new_thread = _thread.start_new = start_new_thread
    if hasattr(module, "_start_new_thread"):  # until 3.12
        module._start_new_thread = start_new_thread
    _thread_ends()


def _start(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], native: Any) -> Any:
    actor = current()
    if actor is None:
        return native(functools.partial(function, *args, **kwargs))
    thread: Any = getattr(function, "__self__", None)
    thread = thread if isinstance(thread, threading.Thread) else None
    if thread is not None:
        thread._is_over = False
    if _is_students_thread(function, thread):
        from manychefs.interleavings.inside import bytecode

        bytecode.turn_on()

    def begin(enter: Callable[[], None]) -> Any:
        def run() -> None:
            enter()
            from_student = sys.modules.get("manychefs.interleavings.inside.bytecode")
            if from_student is not None:
                from_student.begin_thread()
            try:
                function(*args, **kwargs)
            finally:
                if thread is not None:
                    thread._is_over = True
                actors.leave_thread()

        return native(run)

    feeder = thread is not None and thread.name == "QueueFeederThread"
    return actors.start_thread(actor, begin, feeder, _name_of(thread, function))


def _name_of(thread: Any, function: Any) -> str:
    target = getattr(thread, "_target", None) or function
    return str(getattr(target, "__name__", "")) if thread is None or target is not function else thread.name


def _is_students_thread(function: Any, thread: Any) -> bool:
    target = getattr(thread, "_target", None) if thread is not None else function
    code = getattr(getattr(target, "__func__", target), "__code__", None)
    if code is not None and actors.is_student(code):
        return True
    run: Any = type(thread).run if thread is not None else None
    return run is not None and run is not threading.Thread.run and actors.is_student(run.__code__)


def _thread_ends() -> None:
    """Joining waits for the actor's goodbye; only the last moment of the native thread is waited for here."""
    kind: Any = threading.Thread
    native_join, native_is_alive = kind.join, kind.is_alive

    @functools.wraps(native_join)
    def join(self: Any, timeout: float | None = None) -> None:
        actor = current()
        if actor is not None and getattr(self, "_is_over", True) is False and self is not _this_thread():
            wait = None if timeout is None else max(timeout, 0)
            done = actor.block(
                "thread-join",
                "",
                lambda: True if self._is_over else MISS,
                lambda: bool(self._is_over),
                wait,
            )
            if done is MISS:
                return
            timeout = None
        native_join(self, timeout)

    @functools.wraps(native_is_alive)
    def is_alive(self: Any) -> bool:
        if current() is not None and getattr(self, "_is_over", False) and self is not _this_thread():
            native_join(self)
        alive: bool = native_is_alive(self)
        return alive

    kind.join, kind.is_alive = join, is_alive
    module: Any = threading
    native_shutdown = module._shutdown

    @functools.wraps(native_shutdown)
    def shutdown() -> None:
        if current() is not None:
            for thread in threading.enumerate():
                if thread is not _this_thread() and not thread.daemon:
                    thread.join()
        native_shutdown()

    module._shutdown = shutdown


def _this_thread() -> Any:
    return threading._active.get(_thread.get_ident())  # type: ignore[attr-defined]


# -- time ------------------------------------------------------------------------------------------


def _clock() -> None:
    native_sleep = time.sleep

    @functools.wraps(native_sleep)
    def sleep(seconds: float, /) -> None:
        actor = current()
        if actor is None:
            return native_sleep(seconds)
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        if seconds == 0:
            actor.point("sleep", "")
        else:
            actor.pause(seconds)
        return None

    def clock(native: Callable[[], float]) -> Callable[[], float]:
        start = native()

        @functools.wraps(native)
        def read() -> float:
            if current() is None:
                return native()
            # A hair at each reading: a loop that waits for a clock that stands still would never end.
            actors.now += 1e-7
            return start + actors.now

        return read

    def clock_ns(native: Callable[[], int]) -> Callable[[], int]:
        start = native()

        @functools.wraps(native)
        def read() -> int:
            if current() is None:
                return native()
            actors.now += 1e-7
            return start + int(actors.now * 1e9)

        return read

    module: Any = time
    module.sleep = sleep
    for name in ("time", "monotonic", "perf_counter"):
        setattr(module, name, clock(getattr(time, name)))
        setattr(module, f"{name}_ns", clock_ns(getattr(time, f"{name}_ns")))
    threading._time = time.monotonic  # type: ignore[attr-defined]
    import queue

    queue.time = time.monotonic  # type: ignore[attr-defined]
    # The one in C waits in the kernel; this one is made of the locks above.
    queue.SimpleQueue = queue._PySimpleQueue  # type: ignore[attr-defined, misc]


# -- processes -------------------------------------------------------------------------------------


def _processes() -> None:
    os.fork = actors.fork
    native_waitpid, native_wait4, native_waitid = os.waitpid, os.wait4, os.waitid

    @functools.wraps(native_waitpid)
    def waitpid(pid: int, options: int, /) -> tuple[int, int]:
        found: tuple[int, int] = _wait_for(native_waitpid, pid, options)
        return found

    @functools.wraps(native_wait4)
    def wait4(pid: int, options: int) -> Any:
        return _wait_for(native_wait4, pid, options)

    @functools.wraps(native_waitid)
    def waitid(idtype: int, ident: int, options: int, /) -> Any:
        actor = current()
        if actor is None or options & os.WNOHANG or not _is_actors(ident if idtype == os.P_PID else -1):
            return native_waitid(idtype, ident, options)
        return actor.block(
            "join",
            _whom(ident if idtype == os.P_PID else -1),
            lambda: native_waitid(idtype, ident, options | os.WNOHANG) or MISS,
        )

    os.waitpid, os.wait4, os.waitid = waitpid, wait4, waitid
    os.wait = lambda: waitpid(-1, 0)
    os.wait3 = lambda options: wait4(-1, options)
    os.kill, os.killpg = kill, killpg
    os._exit = actors.leave  # type: ignore[assignment]
    _signals()
    _programs()
    from multiprocessing import process

    module: Any = process
    native_cleanup = module._cleanup

    def cleanup() -> None:
        """Each start looks whether earlier children have ended: the library's own business, no step."""
        actor = current()
        if actor is not None:
            actor.quiet += 1
        try:
            native_cleanup()
        finally:
            if actor is not None:
                actor.quiet -= 1

    module._cleanup = cleanup


def _programs() -> None:
    """The scheduler is told of other programs that are started: who waits may be waiting for them."""
    import _posixsubprocess

    def telling(native: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(native)
        def start(*args: Any, **kwargs: Any) -> int:
            pid = native(*args, **kwargs)
            actor = current()
            # The tracker lives as long as the program, and nobody ever waits for it.
            if actor is not None and "multiprocessing.resource_tracker" not in repr(args[:2]):
                actors.announce_foreign(actor, pid)
            return pid

        return start

    def leaving(native: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(native)
        def execute(path: Any, *args: Any, **kwargs: Any) -> Any:
            actor = current()
            if actor is None or not os.access(path, os.X_OK) or os.path.isdir(path):
                return native(path, *args, **kwargs)
            actors.announce_foreign(actor, os.getpid())
            actor.send(actors.ENDED)
            try:
                native(path, *args, **kwargs)
            finally:
                _native_exit(127)

        return execute

    os.execv, os.execve = leaving(os.execv), leaving(os.execve)
    _posixsubprocess.fork_exec = telling(_posixsubprocess.fork_exec)
    for name in ("posix_spawn", "posix_spawnp"):
        if hasattr(os, name):
            setattr(os, name, telling(getattr(os, name)))


def _is_actors(pid: int) -> bool:
    known = actors.own_children, actors.foreign_children
    return any(pid in each or (pid in (-1, 0) and bool(each)) for each in known)


def _whom(pid: int) -> str:
    return "another program" if pid in actors.foreign_children else actors.own_children.get(pid, "any child")


def _wait_for(native: Callable[[int, int], Any], pid: int, options: int) -> Any:
    """waitpid or wait4: both give the process id first, and 0 for none yet."""
    actor = current()
    if actor is None or not _is_actors(pid):
        return native(pid, options)
    whom = _whom(pid)
    if not actor.quiet:
        actor.point("join" if not options & os.WNOHANG else "poll", whom)

    def attempt() -> Any:
        found = native(pid, options | os.WNOHANG)
        return found if found[0] else MISS

    if options & os.WNOHANG:
        found = native(pid, options)
        if not actor.quiet:
            actor.saw("poll", whom, bool(found[0]))
    else:
        found = actor.block("join", whom, attempt, lambda: _has_ended(pid))
    if found is not MISS:
        actors.own_children.pop(found[0], None)
        actors.foreign_children.discard(found[0])
    return found


def _has_ended(pid: int) -> bool:
    try:
        return (
            os.waitid(os.P_PID if pid > 0 else os.P_ALL, max(pid, 0), os.WEXITED | os.WNOHANG | os.WNOWAIT)
            is not None
        )
    except OSError:
        return True


def kill(pid: int, sig: int, /) -> None:
    """`os.kill`: the scheduler is told, because the one that is killed dies a moment later."""
    actor = current()
    if actor is None:
        return _native_kill(pid, sig)
    whom = actors.own_children.get(pid, "")
    actor.point("kill", whom)
    _native_kill(pid, sig)
    actor.saw("kill", whom, int(sig), change=True)
    if sig == _SIGKILL and pid > 0 and not whom:
        _await_end(pid)
    if sig:
        actor.send(actors.KILLED, whom.encode())
        actor.await_grant()
    return None


def killpg(pgid: int, signal: int, /) -> None:
    """`os.killpg`: the same for a group."""
    actor = current()
    if actor is None:
        return _native_killpg(pgid, signal)
    actor.point("kill", "")
    _native_killpg(pgid, signal)
    actor.saw("kill", "", int(signal), change=True)
    if signal:
        actor.send(actors.KILLED)
        actor.await_grant()
    return None


def _await_end(pid: int) -> None:
    """A process that was killed ends, which no clock of the scheduler's waits for."""
    with contextlib.suppress(OSError):
        pidfd = os.pidfd_open(pid)
        try:
            readable(pidfd, DYING)
        finally:
            os.close(pidfd)


def _signals() -> None:
    """Handlers run when their actor has the turn, not in the middle of another's."""
    import signal

    module: Any = signal
    native_set, native_get = signal.signal, signal.getsignal

    @functools.wraps(native_set)
    def set_handler(signalnum: int, handler: Any) -> Any:
        return _own_handler(native_set(signalnum, _deferred(handler)))

    @functools.wraps(native_get)
    def getsignal(signalnum: int) -> Any:
        return _own_handler(native_get(signalnum))

    module.signal, module.getsignal = set_handler, getsignal
    if native_get(signal.SIGINT) is signal.default_int_handler:
        set_handler(signal.SIGINT, signal.default_int_handler)  # KeyboardInterrupt is raised on turn, too


def _own_handler(handler: Any) -> Any:
    """The handler as it was before `_deferred`."""
    return getattr(handler, "_handler", handler)


def _deferred(handler: Any) -> Any:
    import signal

    if isinstance(handler, signal.Handlers) or not callable(handler):
        return handler

    def handle(signum: int, frame: Any) -> Any:
        actor = current()
        if actor is not None and actor.waiting:
            actor.pending.append(functools.partial(handler, signum, frame))
            return None
        return handler(signum, frame)

    wrapper: Any = handle
    wrapper._handler = handler
    return wrapper


# -- semaphores: Lock, RLock, Semaphore, and all that is made of them ------------------------------


def _semaphores() -> None:
    import _multiprocessing  # type: ignore[import-not-found]
    import multiprocessing.synchronize

    native: Any = _multiprocessing.SemLock

    class SemLock(native):  # type: ignore[misc]
        """The one lock beneath Lock, RLock, Semaphore, Condition, Event, Queue, Value and Array."""

        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            self = super().__new__(cls, *args, **kwargs)
            self.ident = actors.new_ident()
            actors.call_lock(self.ident, actors.made_by())
            return self

        def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
            actor = current()
            if actor is None:
                return bool(native.acquire(self, block, timeout))
            if not actor.quiet:
                actor.point("acquire", self.ident)
            if native.acquire(self, False):
                if not actor.quiet:
                    actor.took(True)
                return True
            if not block:
                if not actor.quiet:
                    actor.took(False)
                return False
            return actor.block("acquire", self.ident, self._take, self._is_free, timeout) is not MISS

        def _take(self) -> Any:
            return True if native.acquire(self, False) else MISS

        def _is_free(self) -> bool:
            return not native._is_zero(self) or (self.kind == 0 and native._is_mine(self))

        def release(self) -> None:
            actor = current()
            if actor is not None and not actor.quiet:
                actor.point("release", self.ident)
            native.release(self)

        def _get_value(self) -> int:
            actor = current()
            if actor is None or actor.quiet:
                return int(native._get_value(self))
            actor.point("read", self.ident)
            value: int = native._get_value(self)
            actor.saw("read", self.ident, value)
            return value

        def __enter__(self) -> bool:
            return self.acquire()

        def __exit__(self, *_details: Any) -> None:
            self.release()

    class Shim:
        """Stands in for the C module, in this one importer's eyes."""

        def __getattr__(self, name: str) -> Any:
            return SemLock if name == "SemLock" else getattr(_multiprocessing, name)

    multiprocessing.synchronize._multiprocessing = Shim()  # type: ignore[attr-defined]


# -- pipes and sockets -----------------------------------------------------------------------------


def _connections() -> None:
    from multiprocessing import connection

    kind: Any = connection.Connection
    native_send, native_recv = kind._send, kind._recv
    native_pipe: Any = connection.Pipe

    def pipe(duplex: bool = True) -> Any:
        ends = native_pipe(duplex)
        ident = actors.new_ident()
        actors.labels[ident] = actors.made_by()
        for end in ends:
            end._ident = ident
            if Mode.tight and not duplex and not end.readable:
                with contextlib.suppress(
                    PermissionError
                ):  # whose pipes hold much already gets none of any size
                    fcntl.fcntl(end.fileno(), fcntl.F_SETPIPE_SZ, TIGHT_PIPE)
        return ends

    def send(self: Any, buf: Any, write: Any = os.write) -> None:
        actor = current()
        if actor is None:
            native_send(self, buf, *(() if write is os.write else (write,)))
            return
        ident = getattr(self, "_ident", "")
        left = memoryview(buf).cast("B")
        while left:
            if not actor.quiet:
                actor.point("send", ident)
                actor.saw("send", ident, f"{len(left)} bytes", change=True)
            actor.block("send", ident, functools.partial(_may_send, actor, self), None)
            left = left[write(self._handle, left[:PIPE_BUF]) :]

    def recv(self: Any, size: int, read: Any = os.read) -> Any:
        actor = current()
        if actor is None:
            return native_recv(self, size) if read is os.read else native_recv(self, size, read)
        ident = getattr(self, "_ident", "")
        buf, remaining = io.BytesIO(), size
        while remaining > 0:
            handle = self._handle
            if not actor.quiet and remaining == size:
                actor.point("recv", ident)
            _await_readable(actor, "recv", ident, handle)
            chunk = read(handle, remaining)
            if not chunk:
                if remaining == size:
                    raise EOFError
                raise OSError("got end of file during message")
            actor.idle = 0
            buf.write(chunk)
            remaining -= len(chunk)
        return buf

    _plain_reads()
    native_wait = connection.wait

    @functools.wraps(native_wait)
    def wait(object_list: Any, timeout: float | None = None) -> Any:
        actor = current()
        if actor is None:
            return native_wait(object_list, timeout)
        objects = list(object_list)
        ident = getattr(objects[0], "_ident", "") if objects else ""
        if not actor.quiet:
            actor.point("poll", ident)
        if timeout is not None and timeout <= 0:
            found = native_wait(objects, 0)
            if not actor.quiet:
                actor.saw("poll", ident, len(found))
            return found
        attempt = functools.partial(_any_ready, native_wait, objects)
        ready = actor.block("poll", ident, attempt, lambda: bool(native_wait(objects, 0)), timeout)
        return [] if ready is MISS else ready

    connection.Pipe = pipe
    kind._send, kind._recv = send, recv
    connection.wait = wait


def _sockets() -> None:
    """`socket.socket`: those of a multiprocessing listener, and the program's own."""
    kind: Any = socket.socket
    base: Any = _socket.socket
    for name, position in (
        ("recv", 1),
        ("recvfrom", 1),
        ("recvmsg", 2),
        ("recv_into", 2),
        ("recvfrom_into", 2),
    ):
        setattr(kind, name, _receiving(getattr(base, name), position))
    kind.recvmsg_into = _receiving(base.recvmsg_into, 2)
    for name in ("sendto", "sendmsg"):
        setattr(kind, name, _sending(getattr(base, name)))
    native_accept, native_send, native_sendall = base._accept, base.send, base.sendall
    native_connect, native_listen = base.connect, base.listen

    @functools.wraps(native_accept)
    def accept(self: Any, /) -> Any:
        actor = current()
        if actor is not None and self.gettimeout() != 0:
            _await_socket(actor, self, "accept", readable)
        return native_accept(self)

    @functools.wraps(native_send)
    def send(self: Any, data: Any, flags: int = 0, /) -> int:
        actor = current()
        if actor is None or self.gettimeout() == 0:
            return int(native_send(self, data, flags))
        while True:
            _await_socket(actor, self, "send", writable)
            with contextlib.suppress(BlockingIOError):  # there is some room: what fits is sent
                return int(native_send(self, data, flags | socket.MSG_DONTWAIT))

    @functools.wraps(native_sendall)
    def sendall(self: Any, data: Any, flags: int = 0, /) -> None:
        if current() is None or self.gettimeout() == 0:
            native_sendall(self, data, flags)
            return
        with memoryview(data) as view, view.cast("B") as left:
            sent = 0
            while sent < len(left):
                sent += self.send(left[sent:], flags)

    @functools.wraps(native_connect)
    def connect(self: Any, address: Any, /) -> None:
        _without_delay(self)
        native_connect(self, address)

    @functools.wraps(native_listen)
    def listen(self: Any, *backlog: int) -> None:
        _without_delay(self)  # which those that it accepts inherit
        native_listen(self, *backlog)

    kind._accept, kind.send, kind.sendall = accept, send, sendall
    kind.connect, kind.listen = connect, listen


def _selectors() -> None:
    """`select.select`, and what asyncio and subprocess wait with. A look that does not wait is no step."""
    import select
    import selectors

    native_select = select.select

    @functools.wraps(native_select)
    def wait(rlist: Any, wlist: Any, xlist: Any, timeout: float | None = None, /) -> Any:
        actor = current()
        if actor is None or actor.waiting or (timeout is not None and timeout <= 0):
            return native_select(rlist, wlist, xlist, timeout)
        lists = list(rlist), list(wlist), list(xlist)

        def look() -> Any:
            found = native_select(*lists, 0)
            return found if any(found) else None

        return _when_found(actor, look, timeout) or ([], [], [])

    select.select = wait

    def waiting(native: Any) -> Any:
        @functools.wraps(native)
        def wait(self: Any, timeout: float | None = None) -> Any:
            actor = current()
            if actor is None or actor.waiting or (timeout is not None and timeout <= 0):
                return native(self, timeout)
            return _when_found(actor, lambda: native(self, 0), timeout) or []

        return wait

    for name in ("SelectSelector", "_PollLikeSelector", "EpollSelector"):
        kind: Any = getattr(selectors, name, None)
        if kind is not None:
            kind.select = waiting(vars(kind)["select"])


def _when_found(actor: Actor, look: Callable[[], Any], timeout: float | None) -> Any:
    """What `look` finds, once it finds anything; None after the time-out."""
    if not actor.quiet:
        actor.point("poll", "")
    found = actor.block("poll", "", lambda: look() or MISS, lambda: bool(look()), timeout)
    if not actor.quiet:
        actor.saw("poll", "", found is not MISS)
    return None if found is MISS else found


def _without_delay(sock: Any) -> None:
    """Have TCP send at once: bytes that lie in the kernel for a while would look like a deadlock."""
    if current() is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _receiving(native: Any, position: int) -> Any:
    """A method that reads, whose flags are the argument at that position."""

    @functools.wraps(native)
    def receive(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        actor = current()
        if actor is not None and self.gettimeout() != 0:
            flags = kwargs.get("flags", args[position] if len(args) > position else 0)
            if not flags & socket.MSG_DONTWAIT:
                _await_socket(actor, self, "recv", readable)
        return native(self, *args, **kwargs)

    return receive


def _sending(native: Any) -> Any:
    @functools.wraps(native)
    def send(self: Any, /, *args: Any) -> Any:
        actor = current()
        if actor is not None and self.gettimeout() != 0:
            _await_socket(actor, self, "send", writable)
        return native(self, *args)

    return send


def _await_socket(actor: Actor, sock: Any, kind: str, able: Callable[[int], bool]) -> None:
    fd = sock.fileno()
    if fd < 0:
        return  # closed: the native method says so
    if not actor.quiet and kind != "accept":
        actor.point(kind, "")
        actor.idle = 0
    attempt = functools.partial(_when, able, fd)
    if not able(fd) and actor.block(kind, "", attempt, lambda: able(fd), sock.gettimeout()) is MISS:
        raise TimeoutError("timed out")


def _when(able: Callable[[int], bool], fd: int) -> Any:
    return True if able(fd) else MISS


def _plain_reads() -> None:
    """`os.read` and `os.write` on pipes and sockets; a file is always ready."""
    native_read, native_write = os.read, os.write

    @functools.wraps(native_read)
    def read(fd: int, length: int, /) -> bytes:
        actor = current()
        if actor is not None and not actor.waiting and _may_block(fd):
            if not actor.quiet:
                actor.point("recv", "")
            _await_readable(actor, "recv", "", fd)
        return native_read(fd, length)

    @functools.wraps(native_write)
    def write(fd: int, data: Any, /) -> int:
        actor = current()
        if actor is None or actor.waiting or not _may_block(fd):
            return native_write(fd, data)
        if not actor.quiet:
            actor.point("send", "")
            actor.saw("send", "", "", change=True)
        left = memoryview(data).cast("B")
        total = len(left)
        while True:
            actor.block("send", "", lambda: True if writable(fd) else MISS, lambda: writable(fd))
            left = left[native_write(fd, left[:PIPE_BUF]) :]
            if not left:
                return total

    os.read, os.write = read, write


def _may_block(fd: int) -> bool:
    """Whether it is a pipe or a socket, and of those that wait."""
    try:
        mode = os.fstat(fd).st_mode
        return (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)) and os.get_blocking(fd)
    except OSError:
        return False  # the native call says what is wrong with it


def _await_readable(actor: Actor, kind: str, ident: str, fd: int) -> None:
    if not readable(fd):
        actor.block(kind, ident, lambda: True if readable(fd) else MISS, lambda: readable(fd))


def _may_send(actor: Actor, connection: Any) -> Any:
    fd = connection._handle
    if actor.feeder and Mode.tight and _bytes_in(fd):
        return MISS  # as if the pipe held one message
    return True if writable(fd) else MISS


def _bytes_in(fd: int) -> int:
    try:
        return int.from_bytes(fcntl.ioctl(fd, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder)
    except OSError:
        return 0


def _any_ready(native_wait: Any, objects: list[Any]) -> Any:
    return native_wait(objects, 0) or MISS


# -- operations that count as one step -------------------------------------------------------------


def operation(cls: Any, name: str, kind: str, ident: Callable[[Any], str], change: bool = False) -> None:
    """Make the method one step: a point before it, none inside.

    Args:
        ident: gives the shared object's name for the instance.
        change: whether it changes what others see (a busy waiter's operations do not).
    """
    native = getattr(cls, name)

    @functools.wraps(native)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        actor = current()
        if actor is None or actor.quiet:
            return native(self, *args, **kwargs)
        what = ident(self)
        actor.point(kind, what)
        entry = actor.entry
        actor.quiet += 1
        actor.doing = (kind, what)
        try:
            result = native(self, *args, **kwargs)
        except BaseException as error:  # Empty, Full: asked again and again, that is a busy wait
            actor.entry = entry
            actor.saw(kind, what, type(error).__name__)
            raise
        finally:
            actor.quiet -= 1
            actor.doing = ("", "")
        actor.entry = entry
        shown = args[0] if kind in ("put", "call") and args else result
        actor.saw(kind, what, shown if change or _is_simple(shown) else type(shown).__name__, change)
        return result

    setattr(cls, name, step)


def _is_simple(value: object) -> bool:
    return type(value) in (int, float, bool, str, bytes, type(None), tuple, list)


def _operations() -> None:
    from multiprocessing import queues, synchronize

    def of_queue(queue: Any) -> str:
        ident: str = queue._reader._ident if hasattr(queue._reader, "_ident") else ""
        return ident

    def of_condition(condition: Any) -> str:
        ident: str = getattr(condition._lock._semlock, "ident", "")
        return ident

    def of_event(event: Any) -> str:
        return of_condition(event._cond)

    for cls in (queues.Queue, queues.SimpleQueue):
        operation(cls, "put", "put", of_queue, change=True)
        operation(cls, "get", "get", of_queue, change=True)
        operation(cls, "empty", "empty", of_queue)
    operation(queues.Queue, "full", "full", of_queue)
    operation(queues.Queue, "qsize", "qsize", of_queue)
    operation(queues.JoinableQueue, "put", "put", of_queue, change=True)
    operation(queues.JoinableQueue, "task_done", "task_done", of_queue, change=True)
    operation(queues.JoinableQueue, "join", "join-queue", of_queue)
    for name in ("wait", "notify", "notify_all"):
        operation(synchronize.Condition, name, name, of_condition, change=True)
    for name, change in (("set", True), ("clear", True), ("wait", False), ("is_set", False)):
        operation(synchronize.Event, name, name, of_event, change)


def _managers() -> None:
    from multiprocessing import managers

    registry: Any = managers.SyncManager._registry  # type: ignore[attr-defined]
    # They were taken from threading when managers was imported: after install() they are ours already,
    # unless somebody had imported it before.
    for name, factory in (("Lock", threading.Lock), ("RLock", threading.RLock)):
        _, *rest = registry[name]
        registry[name] = (factory, *rest)

    def of_proxy(proxy: Any) -> str:
        return f"proxy {proxy._id}"

    operation(managers.BaseProxy, "_callmethod", "call", of_proxy, change=True)
