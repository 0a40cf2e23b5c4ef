"""The grader's end of the two pipes: frames out, frames in, nothing believed.

A frame is eight bytes of length and that many bytes of JSON. The reader is incremental, because the
grader watches a deadline, a process tree and the program's output while it waits for one.
"""

from __future__ import annotations

import os
import select
import stat
import time
from pathlib import Path
from typing import Any

import msgspec

LARGEST = 16 << 20  # bytes of one reply; 300 000! takes 1.3 MB
MOST_VALUES = 2_000_000  # values in one reply; 02 asks for 700,000
MOST_CONTAINERS = 300_000  # lists, tuples, dicts and large numbers among them
_HEADER = 8


class BadFrame(Exception):
    """The other end sent something that is no frame. `too_large` holds its size if that was it."""

    def __init__(self, reason: str, too_large: int = 0) -> None:
        super().__init__(reason)
        self.too_large = too_large


class FrameReader:
    """Collects one frame at a time from a non-blocking pipe."""

    def __init__(self, descriptor: int, largest: int = LARGEST) -> None:
        self.descriptor = descriptor
        self.last_size = 0  # bytes of the frame read last, as it came through the pipe
        self._largest = largest
        self._data = bytearray()
        os.set_blocking(descriptor, False)

    def read(self) -> dict[str, Any] | None:
        """Take what has arrived; the frame once it is whole, else None.

        Raises:
            EOFError: when the other end is closed.
            BadFrame: on an over-long or malformed frame.
        """
        if (frame := self._take()) is not None:
            return frame
        try:
            part = os.read(self.descriptor, 1 << 20)
        except BlockingIOError:
            return None
        if not part:
            raise EOFError
        self._data += part
        return self._take()

    def is_empty(self) -> bool:
        """Whether nothing more has come: there is no half frame, and nothing in the pipe."""
        return not self._data and not select.select([self.descriptor], [], [], 0)[0]

    def _take(self) -> dict[str, Any] | None:
        if len(self._data) < _HEADER:
            return None
        size = int.from_bytes(self._data[:_HEADER], "big")
        if size > self._largest:
            raise BadFrame(f"a reply of {size:,} bytes", too_large=size)
        if len(self._data) < _HEADER + size:
            return None
        body = bytes(self._data[_HEADER : _HEADER + size])
        _refuse_bomb(body)
        del self._data[: _HEADER + size]
        self.last_size = _HEADER + size
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except (
            msgspec.DecodeError,
            msgspec.ValidationError,
            RecursionError,
            UnicodeError,
        ) as error:
            raise BadFrame(f"a malformed reply: {error}") from None


def _refuse_bomb(body: bytes) -> None:
    """Five million empty lists fit into a frame, and half a gigabyte when they are decoded.

    Raises:
        BadFrame: before that is tried.
    """
    containers = body.count(b"[") + body.count(b"{")
    if containers > MOST_CONTAINERS or body.count(b",") > MOST_VALUES:
        raise BadFrame("a reply of far too many values")


def write_frame(descriptor: int, message: dict[str, Any], until: float = float("inf")) -> None:
    """Send one frame into a non-blocking pipe.

    Args:
        until: the time (of `time.monotonic`) at which to give up on an end that does not read.

    Raises:
        BrokenPipeError: when the other end is gone.
        TimeoutError: when it has not taken all of it in time.
    """
    body = msgspec.json.encode(message)
    data = memoryview(len(body).to_bytes(_HEADER, "big") + body)
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError from None
            select.select([], [descriptor], [], min(left, 1.0))


def read_untrusted(path: Path, most: int) -> bytes:
    """The beginning of a file that a submission may have replaced; nothing if it is no regular file.

    A link is not followed, a named pipe not waited for, a device not read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        return os.read(descriptor, most) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)
