"""The host: the process in which a submission is imported, and which forks once for each call.

    grader ──request──► host ──fork──► call process ──► the student's processes
       ▲                  │                  │
       │◄──{"entered"}────┤                  │          (once, when its walls stand)
       │◄──{"ready"}──────┤                  │          (once, after the import)
       │◄──{"call": pid}──┤                  │
       │◄──{"value"} / {"raised"} / {"refused"} ───┤    then it waits, so that the grader can look
       │ ──{"end"}────────────────────────►  │          at what the function left behind
       │◄──{"ended": status}──────────────── ┘ exits as a Python program does

Started as `python -I -B -m manychefs.sandbox.inside.host ARGS`. Being run by name matters: under
spawn and forkserver each of the student's processes imports this module again as `__mp_main__`,
before anything of the student's, which is how they too get `prepare_process` below. Everything that
this file writes can be forged by the submission; the grader believes it in nothing but the value.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys

from manychefs.sandbox.inside import confine

TYPE_CHECKING = False  # loading typing would cost every process of the student's 5 ms
if TYPE_CHECKING:
    from typing import Any

SHOWN = 4000  # characters of one message that travel
FRAMES = 40  # stack entries that travel
RUN_DIR = "MANYCHEFS_RUN_DIR"
DELAYS = "MANYCHEFS_DELAYS"
QUOTA = "MANYCHEFS_CPU_QUOTA"
# Python's faulthandler answers it in C, so that a process stuck in a lock still says where it is.
STACK_SIGNAL = getattr(signal, "SIGRTMIN", 25) + 7 if hasattr(signal, "SIGRTMIN") else 31

LOADED_AHEAD = ["synchronize", "queues", "pool", "sharedctypes", "resource_tracker"]
if os.name == "posix":
    LOADED_AHEAD += ["popen_fork", "popen_spawn_posix", "popen_forkserver"]

_stack_file = -1


def prepare_process() -> None:
    """What every process of the student's program gets: a file to write its stacks to, and delays."""
    for stream in (sys.stdout, sys.stderr):
        # Whole lines at once: what several processes print stays readable, and a kill loses none.
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    answer_stack_signal()
    os.register_at_fork(after_in_child=answer_stack_signal)
    note_shared_memory()
    count_usable_cores(int(os.environ.get(QUOTA) or sys.maxsize))
    if seed := os.environ.get(DELAYS):
        from manychefs.sandbox.inside import delays

        delays.install(int(seed))


def count_usable_cores(most: int) -> None:
    """Have os.cpu_count() say how many cores this process may use, as Python's own -X cpu_count would.

    A Pool() makes so many workers. On a machine with 64 cores, 64 of them would share the two of a
    measurement, and starting them would be all that is measured. Two are told of at least, if the
    machine has them: where one is usable, a program should still be written for several.
    """
    whole = os.cpu_count() or 1

    def cpu_count() -> int:
        held = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else whole
        return min(whole, max(2, min(held, most)))

    os.cpu_count = cpu_count
    if hasattr(os, "process_cpu_count"):  # since Python 3.13
        os.process_cpu_count = cpu_count


def answer_stack_signal() -> None:
    """Have STACK_SIGNAL write the stacks of all threads to RUN_DIR/<pid>.stack."""
    global _stack_file
    if not hasattr(faulthandler, "register"):  # Windows
        return
    try:
        if _stack_file >= 0:
            os.close(_stack_file)
        path = os.path.join(os.environ[RUN_DIR], f"{os.getpid()}.stack")
        _stack_file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        faulthandler.register(STACK_SIGNAL, file=_stack_file, all_threads=True, chain=False)
    except (OSError, KeyError):
        # The run folder may be full or gone: a missing stack must not change how a program runs.
        _stack_file = -1


def note_shared_memory() -> None:
    """Note the name of every shared-memory block that is made, so that one left can be attributed."""
    try:
        import _posixshmem  # type: ignore[import-not-found]
    except ImportError:
        return
    native = _posixshmem.shm_open
    path = os.path.join(os.environ.get(RUN_DIR, ""), "shared_memory")

    def shm_open(name: str, flags: int, mode: int = 0o777) -> int:
        descriptor: int = native(name, flags, mode=mode)
        if flags & os.O_CREAT:
            try:
                with open(path, "a", encoding="utf-8") as names:
                    names.write(f"{name}\n")
            except OSError:
                pass
        return descriptor

    _posixshmem.shm_open = shm_open


def main() -> None:
    """Import the submission, then serve one call after another until the grader hangs up."""
    plan, request_fd, reply_fd, start_method, token, module_name = sys.argv[1:7]
    sys.argv[1:] = []
    # Under the kit's own tests this process is measured; what the student's starts is not.
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
    channel = Channel(int(request_fd), int(reply_fd))
    die_with_parent()
    path = confine.enter(int(plan))
    die_with_parent()  # of another one, perhaps
    channel.send({"entered": True})
    prepare_process()

    import multiprocessing
    import multiprocessing.process

    multiprocessing.set_start_method(start_method, force=True)
    # Named semaphores of this submission are told from everyone else's by their prefix.
    this: Any = multiprocessing.process.current_process()
    this._config["semprefix"] = f"/{token}"
    load_ahead()
    sys.path.insert(0, os.path.dirname(path))
    module = import_submission(module_name, channel)
    while (request := channel.receive()) is not None:
        if "name" not in request:
            continue  # "end", for a call process that did not live to read it
        pid = os.fork()
        if pid == 0:
            serve_call(module, request, channel)
        channel.send({"call": pid})
        _, status = os.waitpid(pid, 0)
        channel.send({"ended": os.waitstatus_to_exitcode(status)})


def import_submission(name: str, channel: Channel) -> Any:
    """The student's module; where it cannot be imported, say so and end."""
    import importlib

    try:
        module = importlib.import_module(name)
    except BaseException as error:
        flush()
        told = describe(error)
        if isinstance(error, ValueError) and "null bytes" in told["message"]:
            told["type"] = "SyntaxError"  # as Python 3.12 calls it
        channel.send({"import": told})
        os._exit(1)
    flush()
    channel.send({"ready": public_functions(module)})
    return module


def load_ahead() -> None:
    """Import what multiprocessing itself imports on first use, once for all calls instead of in each.

    A program pays these 15 to 30 ms once in its life. Each call process would pay them anew, and in a
    speedup they would count as part of the work.
    """
    import importlib

    for name in LOADED_AHEAD:
        importlib.import_module(f"multiprocessing.{name}")


def public_functions(module: Any) -> list[str]:
    """Names of the functions that the student's own file defines."""
    return [
        name
        for name, value in vars(module).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
    ][:100]


def serve_call(module: Any, request: dict[str, Any], channel: Channel) -> None:
    """In the forked call process: run the function, reply, wait to be looked at, exit."""
    import gc
    import warnings

    from manychefs.sandbox.inside import plain

    die_with_parent()
    if seed := request.get("delays"):
        from manychefs.sandbox.inside import delays

        os.environ[DELAYS] = str(seed)
        delays.install(seed)
    unclosed: list[str] = []
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", ResourceWarning)
    warnings.showwarning = lambda message, *_, **__: unclosed.append(str(message)[:SHOWN])
    gc.freeze()  # what the import made need not be walked through below
    reply: dict[str, Any]
    try:
        function = getattr(module, request["name"])
        arguments, named = plain.unpack(request["args"]), plain.unpack(request["kwargs"])
        value = function(*arguments, **named)
    except BaseException as error:
        reply = {"raised": describe(error)}
    else:
        try:
            reply = {"value": plain.pack(value)}
        except plain.NotPlain as error:
            reply = {"refused": {"what": error.what[:SHOWN], "where": error.where[:SHOWN]}}
        del value
    gc.collect()  # a pool that only a cycle keeps alive is closed now, or warns
    flush()
    reply["warnings"] = unclosed[:20]
    channel.send(reply)
    channel.receive()
    end_like_python()


def end_like_python() -> None:
    """Leave as the interpreter does: join the children, run multiprocessing's finalizers, flush."""
    from multiprocessing import util

    try:
        util._exit_function()  # type: ignore[attr-defined]
    finally:
        flush()
        os._exit(0)


def describe(error: BaseException) -> dict[str, Any]:
    """An exception as plain data: type, message, frames, and a worker's traceback if there is one."""
    import traceback

    try:
        message = str(error)
    except BaseException:
        message = "(its message could not be made)"
    frames = [
        [frame.filename, frame.lineno or 0, frame.name]
        for frame in traceback.extract_tb(error.__traceback__, limit=-FRAMES)
    ]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append([error.filename, error.lineno or 0, "<module>"])
    remote = error.__cause__
    is_remote = type(remote).__name__ in ("RemoteTraceback", "_RemoteTraceback")
    return {
        "type": type(error).__name__[:100],
        "message": message[:SHOWN],
        "frames": frames,
        "remote": str(remote)[-SHOWN:] if is_remote else "",
    }


def flush() -> None:
    """Push out what was printed; a closed stream is the student's own business."""
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 — contextlib need not be loaded into every process of the student's
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass


class Channel:
    """Length-prefixed JSON on two inherited pipes (see manychefs.sandbox.frames for the other end)."""

    def __init__(self, request_fd: int, reply_fd: int) -> None:
        self._request_fd = request_fd
        self._reply_fd = reply_fd
        os.set_inheritable(request_fd, False)
        os.set_inheritable(reply_fd, False)

    def send(self, message: dict[str, Any]) -> None:
        """Write one frame."""
        import json

        body = json.dumps(message).encode("utf-8", "surrogatepass")
        data = memoryview(len(body).to_bytes(8, "big") + body)
        while data:
            data = data[os.write(self._reply_fd, data) :]

    def receive(self) -> dict[str, Any] | None:
        """Read one frame; None when the grader has hung up."""
        import json

        header = self._read(8)
        if header is None:
            return None
        body = self._read(int.from_bytes(header, "big"))
        message: dict[str, Any] | None = None if body is None else json.loads(body)
        return message

    def _read(self, count: int) -> bytes | None:
        parts = []
        while count:
            part = os.read(self._request_fd, min(count, 1 << 20))
            if not part:
                return None
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def die_with_parent() -> None:
    """On Linux, have the kernel kill this process when the one that started it dies."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":
    prepare_process()
