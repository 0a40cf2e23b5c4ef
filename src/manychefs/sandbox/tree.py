"""The process tree of a submission, seen and ended from outside.

Linux keeps it in /proc, which is read directly because it is polled every few milliseconds; other
systems go through psutil. The grader adopts orphans (it is a subreaper, in Linux's words): a process
whose parent has gone, a daemon that forked twice, becomes the grader's child instead of init's.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from manychefs.sandbox.inside.host import RUN_DIR

LINUX = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Process:
    """One process as it was seen. `role` is `worker` unless the library started it for itself."""

    pid: int
    parent: int
    state: str
    role: str


_adopting = False


def become_subreaper() -> bool:
    """Have orphaned descendants become children of this process. False where that is not possible."""
    if not LINUX:
        return False
    import ctypes

    pr_set_child_subreaper = 36
    return bool(ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0) == 0)


def adopt_orphans() -> None:
    """Become a subreaper, and from now on take every child not started knowingly for an orphan.

    For a process that starts nothing but graders (the command) or hosts (the grader): whatever else
    turns up among its children has escaped from a submission. Elsewhere a child is taken for one only
    if it has a host's environment.
    """
    global _adopting
    _adopting = become_subreaper()


def orphans(own: Collection[int]) -> list[int]:
    """Children of this process that it did not start itself: they escaped from a submission.

    Args:
        own: process ids that this process did start.
    """
    return [
        child
        for child in children(os.getpid())
        # What a host has started inherits its environment.
        if child not in own and child != _own_tracker() and (_adopting or _carries(child, f"{RUN_DIR}="))
    ]


def _own_tracker() -> int | None:
    """The resource tracker of this process itself, if multiprocessing has started one."""
    module = sys.modules.get("multiprocessing.resource_tracker")
    pid: int | None = module._resource_tracker._pid if module is not None else None
    return pid


def kill_orphans(own: Collection[int]) -> None:
    """Kill and reap what escaped from a submission, with all below it."""
    for _ in range(200):  # killing one makes orphans of its children, which are found the next time
        found = orphans(own)
        if not found:
            return
        for child in found:
            kill_descendants(child)
            _send(child, signal.SIGKILL)
        for child in found:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def die_with_parent() -> None:
    """On Linux, get SIGTERM when the process that started this one dies, so as to end one's own."""
    if LINUX:
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def hide_memory() -> None:
    """On Linux, keep other processes of the same user from tracing this one and reading its memory.

    For whoever knows the expected values: a submission that is not walled off is the same user's.
    """
    if LINUX:
        import ctypes

        pr_set_dumpable = 4
        ctypes.CDLL(None).prctl(pr_set_dumpable, 0, 0, 0, 0)


def children(pid: int) -> list[int]:
    """Process ids of the direct children of `pid`, zombies included."""
    if not LINUX:
        try:
            return [child.pid for child in psutil.Process(pid).children()]
        except psutil.Error:
            return []
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in threads(pid):
            with contextlib.suppress(OSError):
                found += map(int, _contents(f"/proc/{pid}/task/{thread}/children").split())
    return found


_HALF_A_PAGE = 2048  # bytes
_ONE_THREAD = 3  # links of a folder that holds one other: its own name, its `.`, that one's `..`


def threads(pid: int) -> list[int]:
    """Ids of the threads of a process. Most have one only, and its id is the process's.

    Raises:
        OSError: if the process is gone.
    """
    folder = f"/proc/{pid}/task"
    return [pid] if os.stat(folder).st_nlink == _ONE_THREAD else [int(name) for name in os.listdir(folder)]


def _contents(path: str) -> bytes:
    """A small file of /proc. `open` would look at it before and after, which takes longer than to read it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while part := os.read(descriptor, 1 << 16):
            parts.append(part)
            if len(part) < _HALF_A_PAGE:
                break  # what is longer comes by pages: this was all
        return b"".join(parts)
    finally:
        os.close(descriptor)


def descendants(pid: int) -> list[int]:
    """Process ids of everything below `pid`, parents before children."""
    found: list[int] = []
    todo = [pid]
    while todo:
        below = children(todo.pop())
        found += below
        todo += below
    return found


def look(pid: int) -> Process | None:
    """What there is to see of one process; None when it is gone."""
    if not LINUX:
        return _look_through_psutil(pid)
    try:
        state, parent = _state_and_parent(pid)
        command = _contents(f"/proc/{pid}/cmdline")
    except OSError:
        return None
    if not command and state not in ("Z", "X"):
        # Between two programs, or ending: it has given its memory back and is not yet a zombie.
        return Process(pid, parent, state, "in between")
    return Process(pid, parent, state, _role(command, parent))


def look_again(seen: Process) -> Process | None:
    """A process as it is now whose role is known: at half the price of a look. None when it is gone."""
    if not LINUX:
        return _look_through_psutil(seen.pid)
    try:
        state, parent = _state_and_parent(seen.pid)
    except OSError:
        return None
    return Process(seen.pid, parent, state, seen.role)


def _state_and_parent(pid: int) -> tuple[str, int]:
    # The name stands in brackets and may itself hold any character but a newline.
    state, parent = _contents(f"/proc/{pid}/stat").rpartition(b")")[2].split(maxsplit=2)[:2]
    return state.decode(), int(parent)


def states(pid: int) -> str:
    """The states of a process's threads, a letter each as in proc_pid_stat(5): R runs, or is ready to.

    Nothing where that cannot be read (not Linux, or it is gone).
    """
    found = ""
    with contextlib.suppress(OSError):
        for thread in threads(pid):
            with contextlib.suppress(OSError):
                found += _contents(f"/proc/{pid}/task/{thread}/stat").rpartition(b")")[2].split()[0].decode()
    return found


def ignores(pid: int, number: int) -> bool:
    """Whether a process ignores this signal; False where that cannot be read (not Linux, or it is gone)."""
    try:
        lines = _contents(f"/proc/{pid}/status").splitlines()
        mask = next(line.split()[1] for line in lines if line.startswith(b"SigIgn:"))
    except (OSError, StopIteration):
        return False
    return bool(int(mask, 16) >> (number - 1) & 1)


def _role(command: bytes, parent: int) -> str:
    if b"multiprocessing.resource_tracker" in command:
        return "resource tracker"
    if b"multiprocessing.forkserver" in command:
        # Its workers are forks of it, and so have the very same command line.
        try:
            of_parent = _contents(f"/proc/{parent}/cmdline")
        except OSError:
            of_parent = b""
        return "worker" if b"multiprocessing.forkserver" in of_parent else "fork server"
    return "worker"


def _look_through_psutil(pid: int) -> Process | None:
    try:
        process = psutil.Process(pid)
        state = "Z" if process.status() == psutil.STATUS_ZOMBIE else "S"
        command = b"" if state == "Z" else " ".join(process.cmdline()).encode()
        return Process(pid, process.ppid(), state, _role(command, process.ppid()))
    except psutil.Error:
        return None


def workers(pid: int) -> list[Process]:
    """The student's processes below `pid`: the library's own helpers left out, zombies included."""
    seen = (look(each) for each in descendants(pid))
    return [process for process in seen if process is not None and process.role == "worker"]


def cpu_seconds(pid: int) -> float:
    """CPU time of `pid` and of those of its children that it has waited for, in seconds."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(
        times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
    )


@dataclass(frozen=True, slots=True)
class CpuBooks:
    """Seconds that a process's threads ran together, and that one of them waited for a core, at most."""

    ran: float = 0.0
    waited: float = 0.0


def cpu_books(pid: int) -> CpuBooks:
    """The kernel's books of a process; nothing where it keeps none (not Linux) or the process is gone."""
    books = list(thread_books(pid))
    return CpuBooks(
        sum(ran for _, ran, *_ in books) / 1e9, max((wait for _, _, wait, _ in books), default=0) / 1e9
    )


def thread_books(pid: int) -> Iterator[tuple[int, int, int, int]]:
    """Of each thread of a process: its id, the nanoseconds it ran and waited for a core, how often it ran."""
    with contextlib.suppress(OSError):
        for thread in threads(pid):
            with contextlib.suppress(OSError, ValueError):
                yield thread, *_figures(_contents(_schedstat(pid, thread)))


def _schedstat(pid: int, thread: int) -> str:
    return f"/proc/{pid}/task/{thread}/schedstat"


def _figures(schedstat: bytes) -> tuple[int, int, int]:
    ran, waited, turns = map(int, schedstat.split())
    return ran, waited, turns


class OpenBooks:
    """Books that are read every few milliseconds: their files stay open, most of a reading is opening them.

    A file stays that of its thread, whoever gets the number next. Close it after use.
    """

    MOST = 200  # files; what is above is opened for each reading, as the books of few programs are

    def __init__(self) -> None:
        self._files: dict[tuple[int, int], int] = {}

    def read(self, pid: int, thread: int) -> tuple[int, int, int]:
        """Nanoseconds that a thread ran and waited for a core, and how often it ran.

        Raises:
            OSError: if the thread is gone, or the system keeps no such books.
        """
        key = (pid, thread)
        if key not in self._files:
            if len(self._files) >= self.MOST:
                return _figures(_contents(_schedstat(pid, thread)))
            self._files[key] = os.open(_schedstat(pid, thread), os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _figures(os.pread(self._files[key], _HALF_A_PAGE, 0))
        except (OSError, ValueError):
            os.close(self._files.pop(key))
            raise ProcessLookupError(pid) from None

    def close(self) -> None:
        """Close the files."""
        while self._files:
            os.close(self._files.popitem()[1])


def written(pids: list[int]) -> tuple[int, int] | None:
    """What these processes have written so far, to pipes, sockets and files: bytes, and calls of write.

    A child's counts are its parent's once it has been waited for. What goes through shared memory is not
    in them. None where the system keeps no such books (`wchar` and `syscw` of proc_pid_io(5): Linux only).
    """
    size = calls = 0
    for pid in pids:
        try:
            books = dict(line.split(b": ") for line in _contents(f"/proc/{pid}/io").splitlines())
        except OSError:
            if os.path.exists(f"/proc/{pid}/stat") or not LINUX:
                return None
            continue  # gone: its parent has its counts
        size += int(books[b"wchar"])
        calls += int(books[b"syscw"])
    return size, calls


def memory_bytes(pids: list[int], above: int = 0) -> int:
    """Memory of these processes together, in bytes.

    Resident memory counts what is shared once for each process, and costs nothing to read. Only where it
    comes to more than `above` is each one's fair share of it looked up instead (PSS, on Linux).
    """
    resident = _resident_bytes(pids)
    if resident <= above or not LINUX:
        return resident
    return sum(_proportional_bytes(pid) for pid in pids)


def _proportional_bytes(pid: int) -> int:
    try:
        for line in _contents(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        # It hides its memory from us (or is gone): then all that is resident is its own.
        return _resident_bytes([pid])
    return 0


def _resident_bytes(pids: list[int]) -> int:
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, psutil.Error, ValueError, IndexError):
            if LINUX:
                total += int(_contents(f"/proc/{pid}/statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")
            else:
                total += psutil.Process(pid).memory_info().rss
    return total


def kill_carriers(mark: str) -> None:
    """Kill every process whose environment has `mark` in it, wherever it stands in the tree.

    For the moment in which a host has died and what it started is not yet anybody's orphan.
    """
    if not LINUX:
        return
    clear = 0
    for _ in range(400):
        found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _carries(pid, mark)]
        # One that forks and ends all the time can slip through a single look.
        clear = 0 if found else clear + 1
        if clear == 3:
            return
        for pid in found:
            _send(pid, signal.SIGKILL)
        time.sleep(0.001)


def _carries(pid: int, mark: str) -> bool:
    with contextlib.suppress(OSError):
        return mark.encode() in _contents(f"/proc/{pid}/environ")
    return False


def kill_descendants(pid: int) -> int:
    """Kill everything below `pid`; returns how many were alive.

    Stop first, kill then: a process that forks faster than it is killed must not win.
    """
    killed: set[int] = set()
    for _ in range(200):
        targets = [each for each in descendants(pid) if not _is_zombie(each)]
        if not targets:
            break
        for target in targets:
            _send(target, signal.SIGSTOP)
        for target in targets:
            _send(target, signal.SIGKILL)
            killed.add(target)
        time.sleep(0.001)
    return len(killed)


def _is_zombie(pid: int) -> bool:
    process = look(pid)
    return process is None or process.state in ("Z", "X")


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


SHM = Path("/dev/shm")


def named_semaphores(prefix: str, folder: Path = SHM) -> list[str]:
    """Semaphores in /dev/shm whose name begins with `prefix` (Linux; elsewhere none can be listed).

    Args:
        folder: where /dev/shm is seen, if it is another one's.
    """
    if not LINUX:
        return []
    try:
        return sorted(name for name in os.listdir(folder) if name.startswith(f"sem.{prefix}"))
    except OSError:
        return []


def shared_memory_blocks(names: list[str], folder: Path = SHM) -> list[str]:
    """Which of the shared-memory blocks of these names are still there (Linux)."""
    if not LINUX:
        return []
    bare = {name.lstrip("/") for name in names}
    return sorted(name for name in bare if name and "/" not in name and os.path.lexists(folder / name))


def remove_from_shm(names: list[str], folder: Path = SHM) -> None:
    """Unlink these entries of /dev/shm, so that nothing a submission left outlives its check."""
    for name in names:
        with contextlib.suppress(OSError):
            (folder / name).unlink()
