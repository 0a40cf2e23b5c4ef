"""The journal: one line as each check starts and ends, written by the grader, read by the supervisor.

It is what survives a grader that hangs, crashes or is killed. JSON, one event a line, typed.

It is a file, and where a submission is not confined it can write to any file of yours. So each line begins
with a code that takes a key to make: the supervisor makes one up for each grader and hands it over in the
environment. A line without it is nobody's.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

import msgspec

from manychefs.course import StartMethod
from manychefs.report import Check


class Collected(msgspec.Struct, tag="collected"):
    """The checks that are going to run, in order."""

    checks: list[Check]


class Waits(msgspec.Struct, tag="waits"):
    """A check waits for cores that another grading holds. alone: it is to have them to itself."""

    name: str
    alone: bool


class Started(msgspec.Struct, tag="started"):
    """A check starts now."""

    name: str


class Held(msgspec.Struct, tag="held"):
    """A check has held under one of its start methods, and goes on with the next."""

    name: str
    method: StartMethod


class Ended(msgspec.Struct, tag="ended"):
    """A check has its verdict."""

    check: Check


Event = Collected | Waits | Started | Held | Ended


KEY = "MANYCHEFS_JOURNAL_KEY"
"""Environment variable in which a grader finds its key."""


def _code(body: bytes, key: str) -> bytes:
    return hashlib.blake2s(body, key=key.encode(), digest_size=16).hexdigest().encode()


def append(path: Path, event: Event, key: str = "") -> None:
    """Write one event as one line, in one system call."""
    body = msgspec.json.encode(event)
    line = _code(body, key) + b" " + body + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


class Reader:
    """Reads events as they are appended by whoever has the key."""

    def __init__(self, path: Path, key: str = "") -> None:
        self._path = path
        self._key = key
        self._offset = 0
        self._decoder = msgspec.json.Decoder(Event)

    def new(self) -> list[Event]:
        """The events since the last call; a line that is still being written waits for the next."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        lines = (line.partition(b" ") for line in whole.splitlines())
        return [
            self._decoder.decode(body)
            for code, _, body in lines
            if hmac.compare_digest(code, _code(body, self._key))
        ]
