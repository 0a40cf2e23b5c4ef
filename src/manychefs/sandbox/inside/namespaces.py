"""Namespaces made by the host itself, where there is no bubblewrap: the same walls by the same means.

    started process ──fork──► init (1 inside) ──fork──► host (2 inside), with no capability left
         waits                  mounts, then reaps          goes on with what it had begun

The new root is a small tmpfs with nothing on it but what the layout lists; the old one is unmounted. It
goes as bubblewrap goes, because the kernel leaves little choice of order, but without a second program.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct

from manychefs.sandbox.inside.unprivileged import (
    CLONE_NEWNS,
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    call,
    drop_capabilities,
    mount,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NEWUSER, _NEWPID, _NEWNET, _NEWIPC, _NEWUTS = 0x10000000, 0x20000000, 0x40000000, 0x08000000, 0x04000000
_MS_NOEXEC, _MNT_DETACH = 0x8, 2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41}
_MOUNT_SETATTR = 442
_PR_SET_PDEATHSIG = 1
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1


def enter(layout: dict[str, Any], files: dict[str, bytes]) -> None:
    """Go on in a sandbox of one's own; returns in the process that is to be the host.

    Args:
        layout: `mounts`: what there is to see, parents first, each ["bind", source, place],
            ["link", target, place] or ["tmpfs", size, place]; `devices`: names in /dev.
        files: content by path, to be read only.

    Raises:
        OSError: if the system refuses any of it.
    """
    call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    uid, gid = os.getuid(), os.getgid()
    call("unshare", _NEWUSER | CLONE_NEWNS | _NEWPID | _NEWNET | _NEWIPC | _NEWUTS)
    _map_user(uid, gid)
    trouble, told = os.pipe()
    pid = os.fork()
    if pid:
        os.close(told)
        _wait_for(pid, trouble)
    os.close(trouble)
    try:
        _be_init(layout, files)
        if pid := os.fork():
            os.close(told)
            _reap_until(pid)
        call("unshare", _NEWUSER)  # the last one: see _forbid_more_users
        _map_user(uid, gid)
        drop_capabilities()
    except BaseException as error:
        os.write(told, str(error).encode()[:4000])
        os._exit(1)
    os.close(told)


def _wait_for(init: int, trouble: int) -> None:
    """The process that was started lives as long as init, and says what went wrong with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.write(2, os.read(trouble, 4000))
    _, status = os.waitpid(init, 0)
    os._exit(_exit_code(status))


def _reap_until(host: int) -> None:
    """Init: take leave of orphans until the host has ended; all others are killed as init ends."""
    while True:
        pid, status = os.wait()
        if pid == host:
            os._exit(_exit_code(status))


def _exit_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _map_user(uid: int, gid: int) -> None:
    """The same ids inside as outside, and no others."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def _be_init(layout: dict[str, Any], files: dict[str, bytes]) -> None:
    call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # Init gets no signal from inside that it has no handler for; Python has one for Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.setsid()
    _raise_loopback()
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    _new_root()
    for kind, source, place in layout["mounts"]:
        _place(kind, source, f"/new{place}")
    _put_devices(layout["devices"])
    for path, content in files.items():
        _write(f"/new{path}", content)
    os.makedirs("/new/proc", exist_ok=True)
    mount("proc", "/new/proc", "proc", MS_NOSUID | MS_NODEV | _MS_NOEXEC)
    _forbid_more_users()
    _read_only("/new")
    call("umount2", b"/old", _MNT_DETACH, what="/old")
    os.chdir("/new")
    _pivot_root(".", ".")
    call("umount2", b".", _MNT_DETACH, what=".")
    os.chdir("/")


def _raise_loopback() -> None:
    """A new network has a loopback that is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def _new_root() -> None:
    """A tmpfs becomes the root, with the old root below /old and the one to be below /new."""
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    os.mkdir("/tmp/new")
    os.mkdir("/tmp/old")
    mount("tmpfs", "/tmp/new", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=16m")
    _pivot_root("/tmp", "/tmp/old")
    os.chdir("/")


def _pivot_root(new: str, old: str) -> None:
    number = _PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise OSError(38, f"pivot_root's number on {os.uname().machine} is not known")
    call("syscall", number, new.encode(), old.encode(), what=new)


def _place(kind: str, source: str, place: str) -> None:
    if kind == "link":
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.symlink(source, place)
    elif kind == "tmpfs":
        os.makedirs(place, exist_ok=True)
        mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, f"mode=700,size={source}")
    else:
        _bind(f"/old{source}", place)
        _set(place, _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV, recursive=True)


def _bind(source: str, place: str) -> None:
    if os.path.isdir(source):
        os.makedirs(place, exist_ok=True)
    else:
        _write(place, b"")
    mount(source, place, "", MS_BIND | MS_REC)


def _write(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, 0o444)


def _put_devices(names: list[str]) -> None:
    for name in names:
        _bind(f"/old/dev/{name}", f"/new/dev/{name}")
    for target, name in (("/proc/self/fd", "fd"), ("fd/0", "stdin"), ("fd/1", "stdout"), ("fd/2", "stderr")):
        os.symlink(target, f"/new/dev/{name}")


def _forbid_more_users() -> None:
    """The host makes one more user namespace, and that is the last: it is root in none of its own."""
    with open("/new/proc/sys/user/max_user_namespaces", "w", encoding="utf-8") as file:
        file.write("1")


def _read_only(place: str) -> None:
    _set(place, _ATTR_RDONLY, recursive=False)


def _set(place: str, attributes: int, *, recursive: bool) -> None:
    """mount_setattr(2), which can do a whole tree at once."""
    wanted = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    call(
        *("syscall", _MOUNT_SETATTR, _AT_FDCWD, place.encode(), flags, wanted, ctypes.sizeof(wanted)),
        what=place,
    )
