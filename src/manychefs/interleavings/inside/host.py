"""The warm host of an explored program: it imports the student's file once and forks for each schedule.

    scheduler ──{"run": mode}──► host ──fork──► the program (actor main) ──► its processes
        ▲                          │                  │
        │◄──{"ready"} or {"import"}┤                  │ result, steps, turns: on its own socket
        │◄──the program's socket, its pidfd ──────────┤
        │ ──{"next"}──────────────►│ ends and reaps all of it

Started as `python -I -B -m manychefs.interleavings.inside.host ARGS`. The leaves are replaced before
anything else is imported. Everything that this file writes can be forged by the program; the scheduler
believes it in nothing but what the program returned.
"""

from __future__ import annotations

import json
import os
import socket
import sys

from manychefs.interleavings.inside import actors, leaves
from manychefs.sandbox.inside import confine
from manychefs.sandbox.inside.host import die_with_parent

TYPE_CHECKING = False  # loading typing would cost every process of the program's 5 ms
if TYPE_CHECKING:
    from typing import Any


def main() -> None:
    """Import the student's file, then run one schedule after another until the scheduler hangs up."""
    plan, control_fd, arguments = sys.argv[1:4]
    # Before any leaf is replaced: what walls it in forks and waits.
    die_with_parent()
    path = confine.enter(int(plan))
    die_with_parent()
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
    sys.argv[:] = [path]
    folder = os.path.dirname(path)
    actors.Mode.student = (folder + os.sep,)
    leaves.install()
    from manychefs.interleavings.inside import memory as shared_values

    shared_values.install()
    from manychefs.sandbox.inside import host as sandbox_host

    control = socket.socket(fileno=int(control_fd))
    control.set_inheritable(False)
    become_subreaper()
    import_library(sandbox_host)
    sandbox_host.note_shared_memory()
    sandbox_host.count_usable_cores(
        2
    )  # the same program on every machine, and a pool not larger than need be
    sys.path.insert(0, folder)
    name = os.path.splitext(os.path.basename(path))[0]
    call = json.loads(arguments)
    channel: Any = _Channel(control, name, call["name"])
    module = sandbox_host.import_submission(name, channel)
    serve(control, module, call, sandbox_host)


def import_library(sandbox_host: Any) -> None:
    """Import what programs use, once, before the forks."""
    import multiprocessing
    import multiprocessing.dummy
    import multiprocessing.managers
    import multiprocessing.shared_memory
    import random
    import traceback  # noqa: F401 — every failing process needs it

    from manychefs.sandbox.inside import plain  # noqa: F401 — otherwise every schedule would import it

    sandbox_host.load_ahead()
    multiprocessing.set_start_method("fork", force=True)
    random.seed(0)


class _Channel:
    """The one message that import_submission sends, on the control socket; `has`: is the function there?"""

    def __init__(self, control: socket.socket, module: str, function: str) -> None:
        self._control = control
        self._module = module
        self._function = function

    def send(self, message: dict[str, Any]) -> None:
        if "ready" in message:
            message["has"] = callable(getattr(sys.modules[self._module], self._function, None))
        self._control.send(json.dumps(message).encode("utf-8", "surrogatepass"))


def serve(control: socket.socket, module: Any, call: dict[str, Any], sandbox_host: Any) -> None:
    """Fork the program once for each schedule that is asked for."""
    import gc

    tracker = start_tracker(module.__file__)
    gc.collect()
    gc.freeze()  # so that a child's collections do not copy what the import made
    while request := control.recv(65536):
        mode = json.loads(request)
        if "run" not in mode:
            continue
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            control.close()
            theirs.close()
            run(ours.detach(), module, call, mode, sandbox_host)
        ours.close()
        pidfd = os.pidfd_open(pid)
        socket.send_fds(control, [b"main"], [theirs.fileno(), pidfd])
        os.close(pidfd)
        theirs.close()
        control.recv(64)  # the schedule is over: all that is left of it is killed by now
        reap(tracker)


def reap(tracker: int | None) -> None:
    """End and take leave of every child, orphans of the program among them, but for the tracker."""
    while True:
        left = [pid for pid in children() if pid != tracker]
        if not left:
            return
        for pid in left:
            os.kill(pid, 9)
            os.waitpid(pid, 0)


def children() -> list[int]:
    """This process's children; orphans come to it because it is their subreaper."""
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as pids:
        return [int(pid) for pid in pids.read().split()]


def start_tracker(path: str) -> int | None:
    """Start the resource tracker once, if the file seems to need it, and not in every schedule."""
    from multiprocessing import resource_tracker

    with open(path, "rb") as source:
        text = source.read()
        if not any(word in text for word in (b"shared_memory", b"SharedMemory", b"ShareableList")):
            return None
    resource_tracker.ensure_running()
    pid: int = resource_tracker._resource_tracker._pid  # type: ignore[attr-defined]
    return pid


def run(fd: int, module: Any, call: dict[str, Any], mode: dict[str, Any], sandbox_host: Any) -> None:
    """In the forked process: the program as actor main, from its first step to its exit."""
    from manychefs.sandbox.inside import plain

    sandbox_host.die_with_parent()
    os.setpgid(0, 0)
    actors.Mode.log, actors.Mode.tight = bool(mode["log"]), bool(mode["tight"])
    actor = actors.become("main", fd)
    actor.await_grant()
    reply: dict[str, Any]
    try:
        function = getattr(module, call["name"])
        value = function(*plain.unpack(call["args"]), **plain.unpack(call["kwargs"]))
    except BaseException as error:
        reply = {"raised": sandbox_host.describe(error)}
    else:
        try:
            reply = {"value": plain.pack(value)}
        except plain.NotPlain as error:
            reply = {"refused": {"what": error.what[:200], "where": error.where[:200]}}
        del value
    sandbox_host.flush()
    reply["left"] = left_behind(actor)
    actors.result(actor, json.dumps(reply).encode("utf-8", "surrogatepass"))
    sandbox_host.end_like_python()


def left_behind(actor: actors.Actor) -> list[str]:
    """The child processes that nobody has waited for, once what ends by itself has had time to."""
    if not actors.own_children:
        return []
    import gc

    gc.collect()  # a pool that only a cycle keeps alive is closed now
    actor.block(
        "end",
        "",
        lambda: True if not actors.own_children else actors.MISS,
        lambda: not actors.own_children,
        leaves.SETTLE,
    )
    return list(actors.own_children.values())


def become_subreaper() -> None:
    """Have the program's orphans come to this process, so that none is missed."""
    if sys.platform == "linux":
        import ctypes

        pr_set_child_subreaper = 36
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1)


if __name__ == "__main__":
    main()
