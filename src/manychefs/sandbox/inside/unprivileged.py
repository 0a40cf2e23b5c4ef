"""Gives up root before anything of a submission's is near: a mount namespace, then another user.

A course that is graded by root is graded as root's opposite: sandboxed code that ran as root could write the
machine's settings below /proc/sys even from inside a user namespace. So the user id goes first. That user
then may not read an interpreter in root's own home (a pyenv below a /root of mode 0700, say). Copying one
takes a second and 200 MB; instead root binds its folders below a folder that everybody can reach, in a mount
namespace that only the sandbox is in, which takes under a millisecond and leaves nothing behind.

Run as a program (`python -I -S -B unprivileged.py UID STAGE SOURCE PLACE… -- COMMAND…`) it does that and
becomes COMMAND. Standard library only, and no import of ours: it runs before any site-packages is known. A
host waits for it, so it imports little.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLONE_NEWNS = 0x20000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x1000, 0x4000, 0x40000
PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 4, 38, 24
_CAPABILITY_VERSION = 0x20080522


def become(plan: dict[str, Any]) -> None:
    """Bind `plan["binds"]` (pairs of folders) below `plan["stage"]`, then become user `plan["uid"]`.

    Raises:
        OSError: if the system refuses any of it.
    """
    if plan["binds"]:
        call("unshare", CLONE_NEWNS)
        mount("none", "/", "", MS_REC | MS_PRIVATE)
        mount("tmpfs", plan["stage"], "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
        for source, place in plan["binds"]:
            os.mkdir(place)
            mount(source, place, "", MS_BIND | MS_REC)
    os.setgroups([])
    os.setresgid(plan["uid"], plan["uid"], plan["uid"])
    os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    # A change of user hides a process from that very user: its own /proc/self/uid_map would be root's.
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up every capability for good: this process keeps its user id and nothing else of root's."""
    import ctypes

    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with open("/proc/sys/kernel/cap_last_cap", encoding="utf-8") as last:
        capabilities = range(int(last.read()) + 1)
    for capability in capabilities:
        try:
            call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
        except PermissionError:
            break  # without CAP_SETPCAP there is nothing in it that an exec could bring back
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """mount(2).

    Raises:
        OSError: with the target's name.
    """
    call("mount", source.encode(), target.encode(), kind.encode(), flags, data.encode() or None, what=target)


_libc: Any = None


def call(name: str, *arguments: Any, what: str = "") -> int:
    """A function of the C library that gives a negative number when it fails.

    Raises:
        OSError: then.
    """
    global _libc
    import ctypes

    if _libc is None:
        _libc = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    result: int = getattr(_libc, name)(*words)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}", what or None)
    return result


def words(plan: dict[str, Any]) -> list[str]:
    """The plan as arguments of this file, run as a program."""
    return [str(plan["uid"]), plan["stage"], *(path for pair in plan["binds"] for path in pair), "--"]


def _main(uid: str, stage: str, *more: str) -> None:
    end = more.index("--")
    become({"uid": int(uid), "stage": stage, "binds": list(zip(more[:end:2], more[1:end:2], strict=True))})
    os.execv(more[end + 1], more[end + 1 :])


if __name__ == "__main__":
    _main(*sys.argv[1:])
