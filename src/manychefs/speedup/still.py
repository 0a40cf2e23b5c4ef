"""Processes that stand still while something else is timed: what they do cannot slow it down."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

from manychefs.sandbox import tree


@contextlib.contextmanager
def standing_still(hosts: list[int]) -> Iterator[None]:
    """Stop these processes and all below them for a while."""
    pids = [each for host in hosts for each in (host, *tree.descendants(host))]
    _send(pids, "SIGSTOP")
    try:
        yield
    finally:
        _send(pids, "SIGCONT")


def _send(pids: list[int], name: str) -> None:
    number = getattr(signal, name, None)  # Windows has neither
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number is not None:
                os.kill(pid, number)
