"""Landlock: rules that a process lays on itself and on all that it starts, for good.

    ABI 1  reading, running and writing files, by folder        ABI 5  ioctl on devices
    ABI 2  moving files between folders                         ABI 6  signals and abstract sockets
    ABI 3  cutting files short                                         to processes outside
    ABI 4  TCP                                                  ABI 7  (logging only)

What a kernel does not know is left out, and `chefs doctor` says what that is. A process under Landlock can
neither trace nor look into the memory of one that is not. Source of the numbers: linux/landlock.h.
"""

from __future__ import annotations

import os

from manychefs.sandbox.inside.unprivileged import PR_SET_NO_NEW_PRIVS, call

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, by the same numbers on every architecture
_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_FILE = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL  # what a rule on something else than a folder may name
_READ_ONLY = _EXECUTE | _READ | _LIST
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}  # else, from ABI 5:
_ALL_FILES = (1 << 16) - 1
_TCP = 0b11  # to bind and to connect
_SCOPES = 0b11  # abstract sockets and signals

NEEDED = 3
"""The least ABI that is used: below it what was written can be cut short by anybody."""
SIGNALS = 6
"""The ABI from which a submission cannot signal what is not its own."""


def abi() -> int:
    """The version that this kernel speaks; 0 where it has no Landlock or has it switched off."""
    try:
        return call("syscall", _CREATE, None, 0, _VERSION)
    except (OSError, AttributeError, ImportError):
        return 0


def restrict(readable: list[str], listable: list[str], writable: list[str], devices: list[str]) -> None:
    """From now on only these folders and files can be used; no TCP; no signal to who is not below.

    Args:
        readable: may be read and run. listable: only the names in it. writable: everything. devices: may
            be read and written.

    Raises:
        OSError: if the kernel refuses.
    """
    import ctypes

    version = abi()
    files = _FILES.get(version, _ALL_FILES)
    tcp = _TCP if version >= 4 else 0
    scopes = _SCOPES if version >= SIGNALS else 0
    # A kernel that does not know the last fields takes the structure only without them.
    fields = [files, tcp, scopes][: 1 + (version >= 4) + (version >= SIGNALS)]
    attributes = (ctypes.c_uint64 * len(fields))(*fields)
    rules = call("syscall", _CREATE, attributes, ctypes.sizeof(attributes), 0)
    try:
        for paths, allowed in (
            (readable, _READ_ONLY),
            (listable, _LIST),
            (writable, _ALL_FILES),
            (devices, _READ | _WRITE | _IOCTL),
        ):
            for path in paths:
                _allow(rules, path, allowed & files)
        call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        call("syscall", _RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, allowed: int) -> None:
    import ctypes

    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        if not os.path.isdir(path):
            allowed &= _FILE
        rule = allowed.to_bytes(8, "little") + descriptor.to_bytes(4, "little")  # packed, as in the header
        call("syscall", _ADD, rules, _PATH_BENEATH, ctypes.create_string_buffer(rule, len(rule)), 0)
    finally:
        os.close(descriptor)
